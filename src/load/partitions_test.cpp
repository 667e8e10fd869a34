// SPDX-License-Identifier: Apache-2.0
// Partitioned tables of PostgreSQL are written as any other; a row that has no partition is a reject.
#include "load/deletes.hpp"
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Partitions : public LoadTest {
 protected:
  /// Columns of ours in front; `rest` tells the key and how the table is parted.
  void make(const std::string& table, const std::string& rest) {
    run("CREATE TABLE " + table +
        " (external_id text, name text CONSTRAINT not_bad CHECK (name <> 'bad'), email text, account text, deleted_at timestamptz, "
        "changed_at timestamptz, synced_at timestamptz, sync_hash bigint, sync_xid xid, " +
        rest);
  }
  void make_by_hash() {
    make("people", "UNIQUE (external_id)) PARTITION BY HASH (external_id)");
    for (const char* part : {"0", "1", "2"})
      run(std::string("CREATE TABLE people_") + part + " PARTITION OF people FOR VALUES WITH (MODULUS 3, REMAINDER " + part + ")");
  }
  void make_by_account() {
    make("people", "UNIQUE (account, external_id)) PARTITION BY LIST (account)");
    for (const char* account : {"north", "south"})
      run(std::string("CREATE TABLE people_") + account + " PARTITION OF people FOR VALUES IN ('" + account + "')");
  }
  config::Entity& people_of(const std::string& account) {
    config::Entity& made = entity("people", {"name"});
    made.account = account;
    made.key.account_column = "account";
    return made;
  }
  static std::vector<Cell> row(const char* key, const char* name) { return {Cell::of(key), Cell::of(name)}; }
  std::string people() { return all("SELECT external_id, name FROM people ORDER BY account, external_id"); }

  int64_t remove(const config::Entity& entity, const std::vector<std::string>& keys) {
    const auto table = db().describe(entity.table);
    const auto target = bind_target(db(), project_, entity, **table, {{record::RowColumn::Role::Key, *(*table)->column("external_id")}});
    EXPECT_TRUE(target);
    Loader loader(db(), project_, entity);
    state::Store store(db(), "");
    Deletes deletes(store, entity, *target, loader.lease(), clock_);
    const auto done = deletes.remove(keys, loader.run(), loader.report, {});
    EXPECT_TRUE(done) << done.error().message;
    return loader.report.counters.deleted;
  }

  base::SystemClock clock_;
};

INSTANTIATE_TEST_SUITE_P(Databases, Partitions, testing::Values(sql::Dialect::Postgres), test::database_name);

// rule 15: partitioned targets
TEST_P(Partitions, ByHashOfTheKeyEveryRowIsWrittenAsInAPlainTable) {
  make_by_hash();
  entity("people", {"name"});
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "A"), row("b", "B"), row("c", "C"), row("d", "D")}), "4 inserted") << to.message;
  EXPECT_GT(all("SELECT count(DISTINCT tableoid) FROM people"), "1");
  EXPECT_EQ(to.write({row("a", "A"), row("b", "BB"), row("e", "E")}), "1 inserted, 1 updated, 1 unchanged") << to.message;
  run("UPDATE people SET name = 'edited' WHERE external_id = 'c'");
  EXPECT_EQ(to.write({row("c", "C"), row("d", "D")}), "1 updated, 1 unchanged") << to.message;
  EXPECT_EQ(to.write({row("a", "AA"), row("f", "bad"), row("g", "G")}), "1 inserted, 1 updated, 1 rejected") << to.message;
  EXPECT_EQ(rejects(), R"(write|f|not_bad|23514|{"row":1})");
  EXPECT_EQ(to.write({row("a", "AA"), row("b", "BB"), row("c", "C"), row("d", "D"), row("e", "E"), row("g", "G")}), "6 unchanged");
  EXPECT_EQ(people(), "a|AA, b|BB, c|C, d|D, e|E, g|G");
}

// rule 15: of two versions the newer one, in whatever partition
TEST_P(Partitions, ByHashOfTheKeyVersionsAndDuplicatesAreTold) {
  make_by_hash();
  entity("people", {"name"}, "changed_at");
  Loader to = loader("people");
  const auto dated = [](const char* key, int64_t version, const char* name) {
    return std::vector<Cell>{Cell::of(key), at(version), Cell::of(name)};
  };
  EXPECT_EQ(to.write({dated("a", 5, "A"), dated("b", 5, "B"), dated("b", 4, "old")}), "2 inserted, 1 duplicate") << to.message;
  EXPECT_EQ(to.write({dated("a", 4, "old"), dated("b", 6, "BB")}), "1 updated, 1 stale") << to.message;
  EXPECT_EQ(people(), "a|A, b|BB");
}

// rule 15: deletes, soft and hard
TEST_P(Partitions, ByHashOfTheKeyRowsAreDeletedAndComeBack) {
  make_by_hash();
  config::Entity& of = entity("people", {"name"});
  of.deletes.kind = config::Deletes::Kind::Soft;
  of.deletes.column = "deleted_at";
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "A"), row("b", "B"), row("c", "C")}), "3 inserted") << to.message;
  EXPECT_EQ(remove(of, {"a", "b", "nobody"}), 2);
  EXPECT_EQ(all("SELECT external_id FROM people WHERE deleted_at IS NOT NULL ORDER BY 1"), "a, b");
  EXPECT_EQ(to.write({row("a", "A"), row("c", "C")}), "1 updated, 1 unchanged") << to.message;
  EXPECT_EQ(all("SELECT external_id FROM people WHERE deleted_at IS NOT NULL"), "b");
  of.deletes.kind = config::Deletes::Kind::Hard;
  EXPECT_EQ(remove(of, {"c"}), 1);
  EXPECT_EQ(people(), "a|A, b|B");
}

// rule 15: partitions by account, with equal ids
TEST_P(Partitions, ByAccountEqualIdsLiveInTheirOwnPartitions) {
  make_by_account();
  config::Entity &north = people_of("north"), &south = people_of("south");
  Loader of_north(db(), project_, north), of_south(db(), project_, south);
  EXPECT_EQ(of_north.write({row("1", "Ann"), row("2", "Bob")}), "2 inserted") << of_north.message;
  EXPECT_EQ(of_south.write({row("1", "Zoe"), row("2", "Bob")}), "2 inserted") << of_south.message;
  EXPECT_EQ(of_north.write({row("1", "Anna"), row("2", "Bob")}), "1 updated, 1 unchanged") << of_north.message;
  run("UPDATE people SET name = 'edited' WHERE account = 'south' AND external_id = '2'");
  EXPECT_EQ(of_south.write({row("1", "Zoe"), row("2", "Bob")}), "1 updated, 1 unchanged") << of_south.message;
  EXPECT_EQ(of_north.write({row("1", "bad"), row("3", "Cy")}), "1 inserted, 1 rejected") << of_north.message;
  south.deletes.kind = config::Deletes::Kind::Hard;
  EXPECT_EQ(remove(south, {"1"}), 1);
  EXPECT_EQ(people(), "1|Anna, 2|Bob, 3|Cy, 2|Bob");
  EXPECT_EQ(all("SELECT count(*) FROM people_north"), "3");
}

// rule 15: a value for which there is no partition
TEST_P(Partitions, ARowThatHasNoPartitionIsOneReject) {
  make("people", "UNIQUE (external_id)) PARTITION BY RANGE (external_id)");
  run("CREATE TABLE people_a PARTITION OF people FOR VALUES FROM ('a') TO ('b')");
  entity("people", {"name"});
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a1", "A"), row("b1", "B"), row("a2", "C")}), "2 inserted, 1 rejected") << to.message;
  EXPECT_EQ(rejects(), R"(write|b1||23514|{"row":1})");
  EXPECT_NE(all("SELECT reason FROM syncline.sync_reject").find("no partition"), std::string::npos);
}

}  // namespace
}  // namespace syncline::load
