// SPDX-License-Identifier: Apache-2.0
// What a stamp hashes beside the row's values: another table, column or mapping, and no stamp of before holds.
#include "support/loader.hpp"
#include "support/losing_connection.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class StampingSeed : public LoadTest {
 protected:
  using Seed = std::optional<uint64_t>;

  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    run("CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE studios (id integer PRIMARY KEY, external_id text UNIQUE)");
    make_table();
    entity("studios", {});
    customers_ = &entity("customers", {"name", "mood"});
    by_external_id(relation(*customers_, "studio_id", "studios"));
  }
  void make_table() {
    run("CREATE TABLE customers (id serial PRIMARY KEY, external_id text UNIQUE, name varchar(10), nick varchar(10), mood mood, studio_id "
        "integer, changed_at timestamptz, gone_at timestamptz, left_at timestamptz, synced_at timestamptz, sync_hash bigint, sync_xid "
        "xid)");
  }
  Seed seed() { return loader("customers").stamp_seed(); }
  /// A change of the table or of the mapping, of which each must show by itself.
  void expect_another_after(const std::string& sql) {
    const Seed before = seed();
    ASSERT_TRUE(before);
    run(sql);
    const Seed after = seed();
    EXPECT_TRUE(after) << sql;
    EXPECT_NE(after, before) << sql;
  }

  config::Entity* customers_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(Databases, StampingSeed, testing::Values(sql::Dialect::Postgres), test::database_name);

TEST_P(StampingSeed, IsTheSameForTheSameTableAndMapping) {
  const Seed first = seed();
  EXPECT_TRUE(first);
  run("ALTER TABLE customers ADD COLUMN visits integer; INSERT INTO customers (external_id) VALUES ('a')");
  EXPECT_EQ(seed(), first);
}

TEST_P(StampingSeed, AnotherTypeOfAColumnIsAnother) {
  expect_another_after("ALTER TABLE customers ALTER name TYPE text");
  expect_another_after("ALTER TABLE customers ALTER studio_id TYPE bigint");
}

// PostgreSQL rewrites no row for it, so that each keeps its xmin.
TEST_P(StampingSeed, AnotherLengthOfAColumnIsAnotherAndVoidsTheStamps) {
  config::Entity& plain = entity("plain", {"name"});
  plain.table.name = "customers";
  const std::vector<std::vector<Cell>> rows{{Cell::of("a"), Cell::of("A")}};
  EXPECT_EQ(loader("plain").write(rows), "1 inserted");
  EXPECT_EQ(loader("plain").sent(rows), "");
  const std::string version = all("SELECT xmin FROM customers");
  expect_another_after("ALTER TABLE customers ALTER name TYPE varchar(20)");
  EXPECT_EQ(all("SELECT xmin FROM customers"), version);
  EXPECT_EQ(loader("plain").sent(rows), "0");
}

TEST_P(StampingSeed, ALabelThatAnEnumGainsOrRenamesIsAnother) {
  expect_another_after("ALTER TYPE mood ADD VALUE 'fair'");
  expect_another_after("ALTER TYPE mood RENAME VALUE 'fair' TO 'fine'");
}

TEST_P(StampingSeed, ALabelOfAnEnumBehindADomainOrInAnArrayIsAnother) {
  run("CREATE DOMAIN whim AS mood; CREATE DOMAIN notion AS whim");
  for (const char* type : {"whim", "notion", "mood[]"}) {
    run("ALTER TABLE customers DROP mood; ALTER TABLE customers ADD mood " + std::string(type));
    expect_another_after("ALTER TYPE mood RENAME VALUE 'good' TO 'fine'");
    run("ALTER TYPE mood RENAME VALUE 'fine' TO 'good'");
  }
}

TEST_P(StampingSeed, AColumnInAnotherPlaceIsAnother) {
  expect_another_after("ALTER TABLE customers DROP name; ALTER TABLE customers ADD name varchar(10)");
  expect_another_after("ALTER TABLE customers DROP studio_id; ALTER TABLE customers ADD studio_id integer");
}

TEST_P(StampingSeed, AnotherTableOfThatNameIsAnother) {
  const Seed before = seed();
  run("DROP TABLE customers");
  make_table();
  EXPECT_TRUE(seed());
  EXPECT_NE(seed(), before);
}

/// A database that was restored into another cluster, with all of its numbers the same.
class ElsewhereConnection : public test::LosingConnection {
 public:
  using LosingConnection::LosingConnection;
  base::Result<sql::Rows> query(std::string_view sql, std::span<const record::Cell> parameters) override {
    constexpr std::string_view here = "pg_catalog.pg_control_system()",
                               elsewhere = "(SELECT system_identifier + 1 AS system_identifier FROM pg_catalog.pg_control_system())";
    std::string text(sql);
    if (const size_t at = text.find(here); at != text.npos) text.replace(at, here.size(), elsewhere);
    return LosingConnection::query(text, parameters);
  }
};

TEST_P(StampingSeed, AnotherClusterIsAnother) {
  ElsewhereConnection elsewhere([&] { return open(); });
  Loader there(elsewhere, project_, "customers");
  const Seed of_there = there.stamp_seed();
  EXPECT_TRUE(of_there);
  EXPECT_NE(of_there, seed());
}

TEST_P(StampingSeed, AnotherMappingIsAnother) {
  const Seed before = seed();
  const auto expect_another = [&](const char* what) {
    EXPECT_TRUE(seed()) << what;
    EXPECT_NE(seed(), before) << what;
  };
  customers_->fields[0].fill = true;
  expect_another("a field that is only filled");
  customers_->fields[0].fill = false;
  customers_->deletes.kind = config::Deletes::Kind::Soft;
  customers_->deletes.column = "gone_at";
  expect_another("rows that are marked");
  const Seed marked = seed();
  customers_->deletes.column = "left_at";
  expect_another("rows that are marked elsewhere");
  EXPECT_NE(seed(), marked);
  customers_->deletes.column = "gone_at";
  customers_->deletes.resurrect = true;
  expect_another("rows that come back");
  EXPECT_NE(seed(), marked);
  customers_->deletes = {};
  std::swap(customers_->fields[0], customers_->fields[1]);
  expect_another("fields in another order");
  std::swap(customers_->fields[0], customers_->fields[1]);
  customers_->fields[0].column = "nick";
  expect_another("a field of another column");
  customers_->fields[0].column = "name";
  EXPECT_EQ(seed(), before);
}

/// Number and type of a renamed column are what they were.
TEST_P(StampingSeed, ARenamedColumnIsAnother) {
  Seed before = seed();
  run("ALTER TABLE customers RENAME name TO title");
  customers_->fields[0].column = "title";
  EXPECT_NE(seed(), before);
  before = seed();
  run("ALTER TABLE customers RENAME studio_id TO home_id");
  customers_->relations[0].column = "home_id";
  EXPECT_NE(seed(), before);
}

TEST_P(StampingSeed, AFieldThatBecomesTheVersionIsAnother) {
  entity("fielded", {"changed_at", "name"}).table.name = "customers";
  entity("versioned", {"name"}, "changed_at").table.name = "customers";
  const Seed fielded = loader("fielded").stamp_seed(), versioned = loader("versioned").stamp_seed();
  EXPECT_TRUE(fielded && versioned);
  EXPECT_NE(fielded, versioned);
}

}  // namespace
}  // namespace syncline::load
