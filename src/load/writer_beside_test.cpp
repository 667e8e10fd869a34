// SPDX-License-Identifier: Apache-2.0
// Batches that are written while the one before them is still under way.
#include "load/beside.hpp"
#include "load/keys.hpp"
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;
using std::chrono::milliseconds;

class Beside : public LoadTest {
 protected:
  using Patience = std::optional<milliseconds>;

  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    run("CREATE TABLE customers (id serial PRIMARY KEY, external_id text UNIQUE, name text CHECK (name <> 'bad'), email text UNIQUE, "
        "synced_at timestamptz, sync_hash bigint, sync_xid xid)");
    entity("customers", {"name", "email"});
  }
  static std::vector<Cell> row(const char* key, const char* name, const char* email) {
    return {Cell::of(key), Cell::of(name), email ? Cell::of(email) : Cell::null()};
  }
  std::string customers() { return all("SELECT external_id, name, email FROM customers ORDER BY external_id"); }
  std::string checkpoint() { return all("SELECT cursor FROM " + own("sync_checkpoint")); }
};

INSTANTIATE_TEST_SUITE_P(Databases, Beside, testing::Values(sql::Dialect::Postgres), test::database_name);

TEST_P(Beside, RowsGoToTheDatabaseAtOnceAndNothingIsCountedOrCommittedBeforeTheOneBeforeHasEnded) {
  const auto ours = open();
  Loader to(*ours, project_, "customers");
  int asked = 0;
  to.before_ours = [&](Patience patience) -> base::Result<bool> {
    ++asked;
    EXPECT_TRUE(patience) << "it has locks, and must not wait for ever";
    EXPECT_EQ(all("SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'customers' AND l.mode = "
                  "'RowExclusiveLock'"),
              "1");
    EXPECT_EQ(customers(), "");
    EXPECT_EQ(checkpoint(), "");
    EXPECT_EQ(to.report.counters.rows, 0);
    return true;
  };
  EXPECT_EQ(to.write({row("a", "A", nullptr), row("b", "B", nullptr)}), "2 inserted");
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(customers(), "a|A|NULL, b|B|NULL");
  EXPECT_EQ(checkpoint(), "cursor 1");
}

// F5: the batch before may be waiting for what this one has locked
TEST_P(Beside, ItGivesWayToOneThatTakesLongAndBeginsAgainBehindIt) {
  const auto ours = open();
  Loader to(*ours, project_, "customers");
  int asked = 0;
  to.before_ours = [&](Patience patience) -> base::Result<bool> {
    if (++asked == 1) return false;
    EXPECT_FALSE(patience);
    run("INSERT INTO customers (external_id, name) VALUES ('a', 'theirs')");
    return true;
  };
  EXPECT_EQ(to.write({row("a", "ours", nullptr), row("b", "B", nullptr)}), "1 inserted, 1 updated");
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(customers(), "a|ours|NULL, b|B|NULL");
}

TEST_P(Beside, WhereTheOneBeforeHasFailedNothingOfItIsWritten) {
  const auto ours = open();
  Loader to(*ours, project_, "customers");
  to.before_ours = [&](Patience) -> base::Result<bool> {
    return base::fail({base::ErrorKind::Busy, base::Side::Database, "another run has the lease", "lease_lost", "", {}});
  };
  EXPECT_EQ(to.write({row("a", "A", nullptr)}), "busy lease_lost");
  EXPECT_EQ(customers() + checkpoint(), "");
  EXPECT_EQ(to.report.counters.rows, 0);
  to.before_ours = {};
  EXPECT_EQ(to.write({row("a", "A", nullptr)}), "1 inserted") << "the connection is ready for the next";
}

TEST_P(Beside, WhatFailsBesideIsTriedOnceMoreBehind) {
  const auto ours = open();
  Loader to(*ours, project_, "customers");
  to.before_ours = [&](Patience patience) -> base::Result<bool> {
    EXPECT_FALSE(patience) << "nothing is held";
    return true;
  };
  EXPECT_EQ(to.write({row("a", "A", nullptr), row("b", "bad", nullptr)}), "1 inserted, 1 rejected");
  EXPECT_EQ(customers(), "a|A|NULL");
}

TEST_P(Beside, WhoIsRefusedForWhatAnotherRowHasIsJudgedOnceMoreBehindTheOneThatMayChangeIt) {
  const auto ours = open();
  Loader to(*ours, project_, "customers");
  EXPECT_EQ(to.write({row("a", "A", "a@x"), row("b", "B", "a@x")}), "1 inserted, 1 rejected") << "from here on rows are tested";
  bool had_locks = true;
  to.before_ours = [&](Patience patience) -> base::Result<bool> {
    had_locks = patience.has_value();
    run("UPDATE customers SET email = 'new@x' WHERE external_id = 'a'");
    return true;
  };
  EXPECT_EQ(to.write({row("c", "C", "a@x")}), "1 inserted");
  EXPECT_FALSE(had_locks);
  EXPECT_EQ(customers(), "a|A|new@x, c|C|a@x");
}

TEST_P(Beside, ARowThatIsRefusedForItselfIsRefusedBesideToo) {
  const auto ours = open();
  Loader to(*ours, project_, "customers");
  EXPECT_EQ(to.write({row("a", "bad", nullptr)}), "1 rejected");
  bool had_rows = false;
  to.before_ours = [&](Patience patience) -> base::Result<bool> {
    had_rows = patience.has_value();
    return true;
  };
  EXPECT_EQ(to.write({row("b", "bad", nullptr), row("c", "C", nullptr)}), "1 inserted, 1 rejected");
  EXPECT_TRUE(had_rows);
  EXPECT_EQ(rejects(), "write|a|customers_name_check|23514|{\"row\":0}, write|b|customers_name_check|23514|{\"row\":0}");
}

// --- whose batches may ---

TEST_P(Beside, ItIsRefusedWhereOneBatchCanChangeWhatBecomesOfTheNext) {
  run("CREATE TABLE plain (id serial PRIMARY KEY, external_id text UNIQUE, name text, boss_id integer REFERENCES plain (id), "
      "customer_id integer REFERENCES customers (id), synced_at timestamptz, sync_hash bigint, sync_xid xid)");
  const auto allowed = [&](const config::Entity& of) {
    const Loader to(db(), project_, of);
    const auto answer = can_be_written_beside(db(), to.target(), of);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer && *answer;
  };
  const config::Entity plain = entity("plain", {"name"});
  const sql::Capabilities has = db().capabilities();
  const bool possible = has.session_tables && has.row_versions && has.copy;
  EXPECT_EQ(allowed(plain), possible);
  EXPECT_FALSE(allowed(*project_.entity("customers"))) << "two rows may want one e-mail address";

  config::Entity other = plain;
  other.batch_rows = 500;
  EXPECT_FALSE(allowed(other)) << "batch_rows: pins what a transaction takes";
  other = plain;
  by_external_id(relation(other, "customer_id", "customers"));
  EXPECT_EQ(allowed(other), possible);
  other.relations[0].missing = config::Relation::Missing::Wait;
  EXPECT_FALSE(allowed(other)) << "rows that wait are remembered from batch to batch";
  other = plain;
  by_external_id(relation(other, "boss_id", "plain"));
  EXPECT_FALSE(allowed(other)) << "the batch before may make the parent";
  other = plain;
  adopt_by(other, {"name"});
  EXPECT_FALSE(allowed(other)) << "two may claim one row";
  other = plain;
  other.fields[0].taken_as_null = true;
  EXPECT_FALSE(allowed(other));

  run("CREATE VIEW people AS SELECT external_id, name, id FROM plain");
  other = plain;
  by_external_id(relation(other, "customer_id", "customers"));
  const Loader to(db(), project_, other);
  Target on_view = to.target();
  on_view.parents[0].table = {"", "people"};
  EXPECT_FALSE(*can_be_written_beside(db(), on_view, other)) << "the view may be of the table itself";

  run("ALTER TABLE plain ADD manager text REFERENCES plain (external_id)");
  EXPECT_EQ(allowed(plain), possible) << "nobody writes that column";
  other = plain;
  other.fields.emplace_back().column = "manager";
  EXPECT_FALSE(allowed(other)) << "both may lock the row that one refers to";
  run("ALTER TABLE plain DROP manager");
  EXPECT_EQ(allowed(plain), possible);
  run("CREATE FUNCTION seats() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM plain'; ALTER TABLE plain ADD CHECK (seats() < 1000)");
  EXPECT_FALSE(allowed(plain)) << "the function counts the rows of the batch before";
  run("ALTER TABLE plain DROP CONSTRAINT plain_check; ALTER TABLE plain ADD number bigint DEFAULT seats()");
  EXPECT_FALSE(allowed(plain));
  run("ALTER TABLE plain DROP number");
  EXPECT_EQ(allowed(plain), possible);
  run("CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; "
      "CREATE TRIGGER note BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION note()");
  EXPECT_FALSE(allowed(plain)) << "a trigger can do anything";
  run("DROP TRIGGER note ON plain");
  EXPECT_EQ(allowed(plain), possible);
  run("CREATE RULE also AS ON INSERT TO plain DO ALSO UPDATE plain SET name = 'old'");
  EXPECT_FALSE(allowed(plain)) << "so can a rule";
}

// --- keys ---

record::RowBatch keys_of(const std::vector<Cell>& keys) {
  record::RowBatch out;
  out.columns = 1;
  out.cells = keys;
  out.sources.resize(keys.size(), "{}");
  return out;
}
record::RowBatch numbers(std::initializer_list<int64_t> keys) {
  std::vector<Cell> cells;
  for (const int64_t key : keys) cells.push_back(Cell::of(key));
  return keys_of(cells);
}

TEST(ShareKeys, WhateverTheirOrderIs) {
  EXPECT_FALSE(share_keys(numbers({1, 2, 3}), numbers({4, 5})));
  EXPECT_FALSE(share_keys(numbers({4, 5}), numbers({1, 2, 3})));
  EXPECT_TRUE(share_keys(numbers({1, 2, 3}), numbers({3, 4})));
  EXPECT_FALSE(share_keys(numbers({1, 5, 3}), numbers({4, 2})));
  EXPECT_TRUE(share_keys(numbers({1, 5, 3}), numbers({4, 5, 2})));
  EXPECT_TRUE(share_keys(numbers({1, 9, 3}), numbers({4, 9, 12}))) << "the ends are in order, what lies between is not";
  EXPECT_FALSE(share_keys(numbers({}), numbers({1})));
  EXPECT_TRUE(share_keys(keys_of({Cell::of("b"), Cell::of("a")}), keys_of({Cell::of("c"), Cell::of("a")})));
  EXPECT_FALSE(share_keys(keys_of({Cell::of("a"), Cell::of("b")}), keys_of({Cell::of("c"), Cell::of("d")})));
}

// --- what changes nothing ---

TEST_P(Beside, StampedBatchesThatChangeNothingLeaveTheirCheckpointToTheNextTransaction) {
  Owed owed;
  Loader to = loader("customers");
  to.owed = &owed;
  EXPECT_EQ(to.write({row("a", "A", nullptr)}), "1 inserted");
  EXPECT_FALSE(owed.any());
  EXPECT_EQ(to.write({row("a", "A", nullptr)}), "1 unchanged");
  EXPECT_EQ(to.write({row("a", "A", nullptr)}), "1 unchanged");
  EXPECT_TRUE(owed.any());
  EXPECT_EQ(checkpoint(), "cursor 1");
  EXPECT_EQ(to.report.transactions, 1);
  EXPECT_EQ(all("SELECT unchanged FROM " + own("sync_log")), "0");
  EXPECT_EQ(to.write({row("a", "AA", nullptr)}), "1 updated");
  EXPECT_FALSE(owed.any());
  EXPECT_EQ(checkpoint(), "cursor 4");
  EXPECT_EQ(all("SELECT unchanged, updated FROM " + own("sync_log")), "2|1");
}

TEST_P(Beside, WhatIsOwedForStampedRowsIsStoredAfterSomeTimeAndAfterSoManyRows) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point now = Clock::now();
  Owed owed;
  EXPECT_FALSE(owed.is_due(now + std::chrono::hours(1)));
  owed.add({}, 4'000, now);
  EXPECT_FALSE(owed.is_due(now + std::chrono::seconds(1)));
  EXPECT_TRUE(owed.is_due(now + std::chrono::seconds(2)));
  owed.add({}, 36'000, now);
  EXPECT_TRUE(owed.is_due(now));

  Loader to = loader("customers");
  to.write({row("a", "A", nullptr)});
  to.owed = &owed;
  EXPECT_EQ(to.write({row("a", "A", nullptr)}), "1 unchanged");
  EXPECT_FALSE(owed.any());
  EXPECT_EQ(checkpoint(), "cursor 2");
}

TEST_P(Beside, RejectsAmongStampedRowsAreStoredAtOnce) {
  Owed owed;
  Loader to = loader("customers");
  to.owed = &owed;
  to.write({row("a", "A", nullptr)});
  EXPECT_EQ(to.write({row("a", "A", nullptr)}, {{"map", "k", "name", "bad", "why", "v", "{}"}}), "1 unchanged, 1 rejected");
  EXPECT_EQ(checkpoint(), "cursor 2");
  EXPECT_EQ(rejects(), "map|k|name|bad|{}");
}

}  // namespace
}  // namespace syncline::load
