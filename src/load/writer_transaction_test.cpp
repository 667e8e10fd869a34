// SPDX-License-Identifier: Apache-2.0
// One batch is one transaction: all of it or nothing, also with others at work on the same rows.
#include <algorithm>
#include <thread>

#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Committing : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    const std::string when = postgres() ? "timestamptz" : "DATETIME";
    run("CREATE TABLE customers (id " + counted() + ", external_id text UNIQUE, name text, city text, changed_at " + when + ", synced_at " +
        when + ")");
    entity("customers", {"name", "city"}, "changed_at");
  }

  static std::vector<Cell> row(const char* key, int64_t version, const char* name, const Cell& city = Cell::null()) {
    return {Cell::of(key), at(version), Cell::of(name), city};
  }
  static std::vector<record::Reject> one_reject() { return {{"map", "bad", "name", "unknown_value", "not a name", "?", "{}"}}; }
  std::string customers() { return all("SELECT external_id, name, city FROM customers ORDER BY external_id"); }
  /// What every batch takes along beside its rows.
  std::string traces() {
    return all("SELECT (SELECT count(*) FROM " + own("sync_reject") + "), (SELECT cursor FROM " + own("sync_checkpoint") +
               "), (SELECT sum(rows_made) FROM " + own("sync_log") + ")");
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, Committing, test::both_databases(), test::database_name);

// --- all or nothing ---

TEST_P(Committing, ADryRunOfSeveralBatchesCountsThemAll) {
  EXPECT_EQ(loader("customers").write({row("a", 1, "A"), row("b", 1, "B")}), "2 inserted");
  connection_ = open();  // without the temporary tables of the session before
  Loader dry = loader("customers", Ending::Rollback);
  EXPECT_EQ(dry.write({row("a", 2, "AA"), row("c", 1, "C")}), "1 inserted, 1 updated") << dry.message;
  EXPECT_EQ(dry.write({row("b", 2, "BB"), row("c", 1, "C")}), "1 inserted, 1 updated") << dry.message;
  EXPECT_EQ(customers(), "a|A|NULL, b|B|NULL");
}

TEST_P(Committing, ALeaseThatAnotherHasTakenOverLetsNothingLand) {
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", 1, "A")}), "1 inserted");
  const std::string before = traces();
  run(*open(), "UPDATE " + own("sync_lease") + " SET epoch = epoch + 1 WHERE name LIKE 'customers%'");
  EXPECT_EQ(to.write({row("a", 2, "AA"), row("b", 1, "B")}, one_reject()), "busy lease_lost");
  EXPECT_EQ(customers(), "a|A|NULL");
  EXPECT_EQ(traces(), before);
  EXPECT_EQ(to.report.counters.rows, 1);
}

// rule 1: one transaction per batch
TEST_P(Committing, RowsRejectsCheckpointAndLogLandTogether) {
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", 1, "A"), row("b", 1, "B")}, one_reject()), "2 inserted, 1 rejected");
  EXPECT_EQ(traces(), "1|cursor 1|3");
  EXPECT_EQ(to.write({row("a", 1, "A"), row("c", 1, "C")}, one_reject()), "1 inserted, 1 unchanged, 1 rejected");
  EXPECT_EQ(traces(), "2|cursor 2|6");
}

// rule 1: nothing else moves a checkpoint
TEST_P(Committing, WhenOneOfThemCannotLandNoneDoes) {
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", 1, "A")}), "1 inserted");
  const std::string before = traces();
  for (const char* table : {"sync_reject", "sync_checkpoint", "sync_log"}) {
    const auto other = open();
    const std::string here = own(table), away = postgres() ? "away" : "\"away\"";
    run(*other, "ALTER TABLE " + here + " RENAME TO " + away);
    EXPECT_EQ(to.write({row("a", 2, "AA"), row("b", 1, "B")}, one_reject()), "contract_drift 42P01") << table;
    run(*other, "ALTER TABLE " + (postgres() ? std::string("syncline.away") : away) + " RENAME TO \"" + table + "\"");
    EXPECT_EQ(customers(), "a|A|NULL") << table;
    EXPECT_EQ(traces(), before) << table;
  }
  EXPECT_EQ(to.write({row("a", 2, "AA"), row("b", 1, "B")}, one_reject()), "1 inserted, 1 updated, 1 rejected");
}

// F9, rule 14: a trigger that returns NULL
TEST_P(Committing, ATriggerThatDropsInsertsIsDriftNeverAWrongCount) {
  run(postgres() ? "CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'dropped' THEN RETURN NULL; END "
                   "IF; RETURN NEW; END $$;"
                   "CREATE TRIGGER drop_it BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION drop_it()"
                 : "CREATE TRIGGER drop_it BEFORE INSERT ON customers WHEN NEW.name = 'dropped' BEGIN SELECT RAISE(IGNORE); END");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", 1, "A"), row("b", 1, "dropped")}, one_reject()), "contract_drift raced");
  EXPECT_NE(to.message.find("trigger"), std::string::npos) << to.message;
  EXPECT_EQ(customers(), "");
  EXPECT_EQ(traces(), "0|NULL|0");
}

TEST_P(Committing, ATriggerThatDropsUpdatesIsDriftNeverAWrongCount) {
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", 1, "A"), row("b", 1, "B")}), "2 inserted");
  run(postgres() ? "CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'dropped' THEN RETURN NULL; END "
                   "IF; RETURN NEW; END $$;"
                   "CREATE TRIGGER drop_it BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION drop_it()"
                 : "CREATE TRIGGER drop_it BEFORE UPDATE ON customers WHEN NEW.name = 'dropped' BEGIN SELECT RAISE(IGNORE); END");
  EXPECT_EQ(to.write({row("a", 2, "AA"), row("b", 2, "dropped")}), "contract_drift raced");
  EXPECT_EQ(customers(), "a|A|NULL, b|B|NULL");
}

// rule 14: statement and row triggers
TEST_P(Committing, TriggersThatWriteElsewhereDisturbNoCount) {
  run("CREATE TABLE audit (name text)");
  run(postgres() ? "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (NEW.name), (NEW.name); "
                   "RETURN NEW; END $$;"
                   "CREATE TRIGGER note AFTER INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION note()"
                 : "CREATE TRIGGER note_i AFTER INSERT ON customers BEGIN INSERT INTO audit VALUES (NEW.name), (NEW.name); END;"
                   "CREATE TRIGGER note_u AFTER UPDATE ON customers BEGIN INSERT INTO audit VALUES (NEW.name), (NEW.name); END");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", 1, "A"), row("b", 1, "B")}), "2 inserted");
  EXPECT_EQ(to.write({row("a", 2, "AA"), row("c", 1, "C")}), "1 inserted, 1 updated");
  EXPECT_EQ(all("SELECT count(*) FROM audit"), "8");
}

// F18: a busy database lets nothing land
TEST_P(Committing, AWriterThatCannotHaveItsLockGivesUpAndLandsNothing) {
  Loader plain = loader("customers");
  EXPECT_EQ(plain.write({row("a", 1, "A")}), "1 inserted");
  const auto hasty = open(std::chrono::milliseconds(50));
  Loader to(*hasty, project_, "customers");
  const auto other = open();
  ASSERT_TRUE(other->begin());
  ASSERT_TRUE(other->change("UPDATE customers SET city = 'theirs' WHERE external_id = 'a'"));
  EXPECT_EQ(to.write({row("a", 2, "AA"), row("b", 1, "B")}), "transient 55P03");
  other->rollback();
  EXPECT_EQ(customers(), "a|A|NULL");
  EXPECT_EQ(to.write({row("a", 2, "AA"), row("b", 1, "B")}), "1 inserted, 1 updated");
}

// --- others at work ---

class CommittingToPostgres : public Committing {
 protected:
  std::string write_against(const std::string& their_change, const std::vector<std::vector<Cell>>& rows) {
    return LoadTest::write_against("customers", their_change, rows);
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, CommittingToPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

// rule 7: the guard is looked at again after waiting
TEST_P(CommittingToPostgres, ANewerVersionThatLandsWhileWeWaitIsNotOverwritten) {
  run("INSERT INTO customers (external_id, name, changed_at) VALUES ('a', 'A', 'epoch'), ('b', 'B', 'epoch')");
  EXPECT_EQ(
      write_against("UPDATE customers SET name = 'theirs', changed_at = 'epoch'::timestamptz + interval '9 s' WHERE external_id = 'a'",
                    {row("a", 5, "ours"), row("b", 5, "BB")}),
      "1 updated, 1 stale");
  EXPECT_EQ(customers(), "a|theirs|NULL, b|BB|NULL");
}

TEST_P(CommittingToPostgres, AColumnTheSourceDoesNotSpeakOfKeepsWhatSomebodyWroteWhileWeWaited) {
  run("INSERT INTO customers (external_id, name, city, changed_at) VALUES ('a', 'A', 'Rome', 'epoch')");
  EXPECT_EQ(write_against("UPDATE customers SET city = 'Oslo' WHERE external_id = 'a'", {row("a", 5, "ours", Cell::keep())}), "1 updated");
  EXPECT_EQ(customers(), "a|ours|Oslo");
}

TEST_P(CommittingToPostgres, ARowThatIsDeletedWhileWeWaitIsInsertedAgain) {
  run("INSERT INTO customers (external_id, name, changed_at) VALUES ('a', 'A', 'epoch')");
  EXPECT_EQ(write_against("DELETE FROM customers WHERE external_id = 'a'", {row("a", 5, "ours")}), "1 inserted");
  EXPECT_EQ(customers(), "a|ours|NULL");
}

TEST_P(CommittingToPostgres, ARowThatIsUnlinkedWhileWeWaitStaysTheUsers) {
  run("INSERT INTO customers (external_id, name, changed_at) VALUES ('a', 'A', 'epoch')");
  EXPECT_EQ(write_against("UPDATE customers SET external_id = NULL, name = 'theirs' WHERE external_id = 'a'", {row("a", 5, "ours")}),
            "1 inserted");
  EXPECT_EQ(customers(), "a|ours|NULL, NULL|theirs|NULL");
}

// rule 3: a row that raced is no insert
TEST_P(CommittingToPostgres, ARowThatIsInsertedWhileWeWaitIsUpdated) {
  EXPECT_EQ(write_against("INSERT INTO customers (external_id, name, city, changed_at) VALUES ('a', 'theirs', 'Oslo', 'epoch')",
                          {row("a", 5, "ours", Cell::keep()), row("b", 5, "B")}),
            "1 inserted, 1 updated");
  EXPECT_EQ(customers(), "a|ours|Oslo, b|B|NULL");
}

TEST_P(CommittingToPostgres, ALostConnectionIsMadeAnewAndTheBatchLandsOnce) {
  const auto ours = open();
  Loader to(*ours, project_, "customers");
  EXPECT_EQ(to.write({row("a", 1, "A")}), "1 inserted");
  const std::string others = " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
  ASSERT_EQ(all("SELECT pg_terminate_backend(pid)" + others), "t");
  ASSERT_TRUE(wait_for("SELECT count(*) = 0" + others));
  EXPECT_EQ(to.write({row("a", 2, "AA")}), "1 updated");
  EXPECT_EQ(customers(), "a|AA|NULL");
}

// F5, rule 16: keys are locked in one order
TEST_P(CommittingToPostgres, TwoWritersOnTheSameRowsInOppositeOrderDoNotDeadlock) {
  run("INSERT INTO customers (external_id, name, changed_at) VALUES ('a', 'A', 'epoch'), ('b', 'B', 'epoch'), ('c', 'C', 'epoch')");
  {
    // Somebody holds the row in the middle, so that each writer has what it locks before and waits there.
    const auto theirs = open(), first = open(), second = open();
    Loader one(*first, project_, "customers"), two(*second, project_, "customers");
    ASSERT_TRUE(theirs->begin());
    run(*theirs, "SELECT 1 FROM customers WHERE external_id = 'b' FOR UPDATE");
    std::string of_one, of_two;
    std::thread forwards([&] { of_one = one.write({row("a", 1, "one"), row("b", 1, "one"), row("c", 1, "one")}); });
    std::thread backwards([&] { of_two = two.write({row("c", 1, "two"), row("b", 1, "two"), row("a", 1, "two")}); });
    EXPECT_TRUE(wait_for_waiting_sessions(2));
    EXPECT_TRUE(theirs->commit());
    forwards.join();
    backwards.join();
    EXPECT_EQ(of_one, "3 updated");
    EXPECT_EQ(of_two, "3 updated");
  }
  expect_no_deadlocks();
  EXPECT_EQ(all("SELECT count(DISTINCT name) FROM customers"), "1");
}

// F5, rule 11: the deadlock's victim is the whole batch, which is tried again and counted once
TEST_P(CommittingToPostgres, ABatchThatIsADeadlocksVictimIsTriedAgainAndLandsOnce) {
  run("INSERT INTO customers (external_id, name, changed_at) VALUES ('a', 'A', 'epoch'), ('b', 'B', 'epoch')");
  const std::string database = all("SELECT current_database()");
  {
    // Who looks for a deadlock first is its victim: theirs is patient, ours looks once, when it has waited for this long.
    run("ALTER DATABASE " + database + " SET deadlock_timeout = '2s'");
    const auto theirs = open(std::chrono::seconds(60)), ours = open();
    run(*theirs, "SET deadlock_timeout = '1h'");
    Loader to(*ours, project_, "customers");
    ASSERT_TRUE(theirs->begin());
    run(*theirs, "UPDATE customers SET city = 'theirs' WHERE external_id = 'b'");
    std::string written;
    std::thread writer([&] { written = to.write({row("a", 5, "AA", Cell::keep()), row("b", 5, "BB", Cell::keep())}, one_reject()); });
    EXPECT_TRUE(wait_for_waiting_sessions(1));
    run(*theirs, "UPDATE customers SET city = 'theirs' WHERE external_id = 'a'");
    EXPECT_TRUE(theirs->commit());
    writer.join();
    EXPECT_EQ(written, "2 updated, 1 rejected") << to.message;
    EXPECT_EQ(to.report.transactions, 1);
  }
  EXPECT_EQ(customers(), "a|AA|theirs, b|BB|theirs");
  EXPECT_EQ(traces(), "1|cursor 1|3");
  ASSERT_TRUE(wait_for("SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database()"));
  // PostgreSQL 14 and older hand the counts of a session that ends to their collector, which tells them a moment later.
  EXPECT_TRUE(wait_for("SELECT deadlocks = 1 FROM pg_stat_database WHERE datname = current_database()"));
}

// F2, rule 11: the server process ends in the middle of the batch
TEST_P(CommittingToPostgres, ABatchWhoseSessionIsEndedWhileItWaitsLandsOnce) {
  run("INSERT INTO customers (external_id, name, changed_at) VALUES ('a', 'A', 'epoch')");
  const auto theirs = open(), ours = open();
  Loader to(*ours, project_, "customers");
  ASSERT_TRUE(theirs->begin());
  run(*theirs, "SELECT 1 FROM customers WHERE external_id = 'a' FOR UPDATE");
  std::string written;
  std::thread writer([&] { written = to.write({row("a", 5, "AA"), row("b", 5, "B")}, one_reject()); });
  EXPECT_TRUE(wait_for_waiting_sessions(1));
  EXPECT_EQ(all("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"),
            "t");
  EXPECT_TRUE(theirs->commit());
  writer.join();
  EXPECT_EQ(written, "1 inserted, 1 updated, 1 rejected") << to.message;
  EXPECT_EQ(customers(), "a|AA|NULL, b|B|NULL");
  EXPECT_EQ(traces(), "1|cursor 1|3");
}

// F5, rule 11: what passes by itself is tried again as a whole, and what does not is no row's fault
TEST_P(CommittingToPostgres, WhatPassesByItselfIsTriedAgainAndNeverTakenForABadRow) {
  run("CREATE TABLE failing (code text); INSERT INTO failing VALUES ('none'); CREATE SEQUENCE tries; CREATE FUNCTION fail() RETURNS "
      "trigger LANGUAGE plpgsql AS $$ DECLARE wanted text := (SELECT code FROM failing); BEGIN IF wanted <> 'none' AND nextval('tries') = "
      "1 THEN RAISE EXCEPTION 'only once' USING ERRCODE = wanted; END IF; RETURN NEW; END $$; CREATE TRIGGER fail BEFORE INSERT ON "
      "customers FOR EACH ROW EXECUTE FUNCTION fail()");
  Loader to = loader("customers");
  const auto write = [&](const std::string& code, const char* key) {
    run("UPDATE failing SET code = '" + code + "'; ALTER SEQUENCE tries RESTART");
    return to.write({row(key, 1, "A")}, one_reject());
  };
  EXPECT_EQ(write("40001", "serialization"), "1 inserted, 1 rejected") << to.message;
  EXPECT_EQ(write("40P01", "deadlock"), "1 inserted, 1 rejected") << to.message;
  EXPECT_EQ(write("55P03", "lock"), "1 inserted, 1 rejected") << to.message;
  EXPECT_EQ(write("57P01", "shutdown"), "1 inserted, 1 rejected") << to.message;
  const std::string before = traces();
  // Neither a full disk nor a statement's own time limit passes at once: the next run begins where this one stopped.
  EXPECT_EQ(write("53100", "disk"), "transient 53100");
  EXPECT_EQ(write("57014", "time"), "transient 57014");
  EXPECT_EQ(traces(), before);
  EXPECT_EQ(write("none", "disk"), "1 inserted, 1 rejected") << to.message;
  EXPECT_EQ(all("SELECT string_agg(external_id, ' ' ORDER BY id) FROM customers"), "serialization deadlock lock shutdown disk");
}

// rule 16: keys are locked in one order, and before anything is written
TEST_P(CommittingToPostgres, RowsAreLockedInTheOrderOfTheirKeys) {
  run("INSERT INTO customers (external_id, name, changed_at) VALUES ('c', 'C', 'epoch'), ('b', 'B', 'epoch'), ('a', 'A', 'epoch')");
  const auto theirs = open(), ours = open(), looks = open();
  Loader to(*ours, project_, "customers");
  ASSERT_TRUE(theirs->begin());
  run(*theirs, "SELECT 1 FROM customers WHERE external_id = 'b' FOR UPDATE");
  std::string written;
  std::thread writer([&] { written = to.write({row("c", 1, "CC"), row("a", 1, "AA"), row("b", 1, "BB")}); });
  EXPECT_TRUE(wait_for_waiting_sessions(1));
  const auto is_free = [&](const std::string& key) {
    return looks->query("SELECT 1 FROM customers WHERE external_id = '" + key + "' FOR UPDATE NOWAIT").has_value();
  };
  EXPECT_FALSE(is_free("a")) << "it comes before the one that is waited for";
  EXPECT_TRUE(is_free("c")) << "it comes behind it";
  EXPECT_TRUE(theirs->commit());
  writer.join();
  EXPECT_EQ(written, "3 updated");
}

TEST_P(CommittingToPostgres, ABatchThatIsTriedAgainTellsOfEachRejectOnce) {
  run("ALTER TABLE customers ADD CONSTRAINT no_bad CHECK (name <> 'bad'); CREATE SEQUENCE tries; CREATE FUNCTION lose() RETURNS trigger "
      "LANGUAGE "
      "plpgsql AS $$ BEGIN IF NEW.external_id = 'a' AND nextval('tries') = 2 THEN RETURN NULL; END IF; RETURN NEW; END $$; CREATE TRIGGER "
      "lose "
      "BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION lose()");
  Loader to = loader("customers");
  // A row that is lost the second time makes that try a lost race, with the bad one set aside already.
  const Cell too_far{Cell::Type::Timestamp, std::numeric_limits<int64_t>::max(), {}};
  EXPECT_EQ(to.write({row("a", 1, "A"), {Cell::of("b"), too_far, Cell::of("B"), Cell::null()}, row("c", 1, "bad")}),
            "1 inserted, 2 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT key FROM " + own("sync_reject") + " ORDER BY id"), "b, c");
}

// rule 4: two sessions insert the same keys
TEST_P(CommittingToPostgres, TwoWritersAtOnceBothLandWhatTheyHave) {
  constexpr int Rounds = 25, Rows = 300, New = 20;
  std::vector<std::string> keys;
  for (int i = 0; i < Rows + Rounds * New; ++i) keys.push_back(std::to_string(100'000 + i));
  const auto work = [&](Loader& to, const char* name, bool backwards, std::vector<std::string>& failures) {
    for (int round = 0; round < Rounds; ++round) {
      std::vector<std::vector<Cell>> rows;
      for (int i = 0; i < Rows; ++i) rows.push_back(row(keys[size_t(i)].c_str(), 1, name, Cell::of(round % 2 == 0 ? "even" : "odd")));
      for (int i = 0; i < New; ++i) rows.push_back(row(keys[size_t(Rows + round * New + i)].c_str(), 1, name));
      if (backwards) std::reverse(rows.begin(), rows.end());
      if (const std::string written = to.write(rows); !to.message.empty()) failures.push_back(written + ": " + to.message);
    }
  };
  {
    const auto first = open(), second = open();
    Loader one(*first, project_, "customers"), two(*second, project_, "customers");
    std::vector<std::string> failures_of_one, failures_of_two;
    std::thread other([&] { work(two, "two", true, failures_of_two); });
    work(one, "one", false, failures_of_one);
    other.join();
    EXPECT_EQ(failures_of_one, std::vector<std::string>());
    EXPECT_EQ(failures_of_two, std::vector<std::string>());
  }
  EXPECT_EQ(all("SELECT count(*), count(DISTINCT external_id) FROM customers"),
            std::to_string(keys.size()) + "|" + std::to_string(keys.size()));
  expect_no_deadlocks();
}

}  // namespace
}  // namespace syncline::load
