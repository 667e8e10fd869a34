// SPDX-License-Identifier: Apache-2.0
// Our own tables: leases, checkpoints, log and rejects, told of both databases.
#include "state/store.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/time.hpp"
#include "state/test_support/ended_holder.hpp"
#include "support/on_both_databases.hpp"

namespace syncline::state {
namespace {

using base::ErrorKind;
using record::EntityReport;
using record::Reject;

/// The one way times are shown, whatever the database's own is: 2026-03-02T12:00:00.000000Z.
bool is_moment(std::string_view text) {
  return base::parse_timestamp(text) && text.size() == 27 && text[10] == 'T' && text[19] == '.' && text[26] == 'Z';
}

#define OK(expression)                                     \
  do {                                                     \
    const auto ok_result_ = (expression);                  \
    ASSERT_TRUE(ok_result_) << ok_result_.error().message; \
  } while (false)

class OwnTables : public test::OnBothDatabases {
 protected:
  void SetUp() override {
    OnBothDatabases::SetUp();
    if (!connection_) return;
    if (postgres()) run("CREATE SCHEMA syncline");
    for (const OwnTable& table : own_tables()) run(create_statement(table, store().names()));
  }

  Store store() { return Store(db(), ""); }
  std::string own(std::string_view table) { return store().names()(table); }

  static EntityReport report(const std::string& entity, const std::string& account = "main") {
    EntityReport out;
    out.entity = entity;
    out.account = account;
    out.stream = entity + "_stream";
    return out;
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, OwnTables, test::both_databases(), test::database_name);

class OwnTablesOfSqlite : public OwnTables {};
INSTANTIATE_TEST_SUITE_P(Databases, OwnTablesOfSqlite, testing::Values(sql::Dialect::Sqlite), test::database_name);

// D5, rule 17: without STRICT, SQLite keeps what is no number of a column's type as it came
TEST_P(OwnTablesOfSqlite, AreStrict) {
  for (const OwnTable& table : own_tables()) {
    const std::string made = all("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '" + table.name + "'");
    EXPECT_TRUE(made.ends_with(") STRICT")) << made;
  }
  EXPECT_EQ(all("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name GLOB 'sync_*'"), std::to_string(own_tables().size()));
}

TEST_P(OwnTables, AreAsTheyAreDeclared) {
  for (const OwnTable& own : own_tables()) {
    const auto table = db().describe(store().names().in_catalog(own.name));
    ASSERT_TRUE(table && *table) << own.name;
    ASSERT_EQ((*table)->columns.size(), own.columns.size()) << own.name;
    for (const record::Column& column : own.columns) {
      ASSERT_TRUE((*table)->column(column.name)) << own.name << "." << column.name;
      EXPECT_EQ((*table)->column(column.name)->nullable, column.nullable) << own.name << "." << column.name;
    }
    EXPECT_TRUE((*table)->has_unique(own.identity.empty() ? own.primary_key : std::vector{own.identity})) << own.name;
  }
}

TEST_P(OwnTables, RunsAreNumberedFromOne) {
  EXPECT_EQ(*store().next_run(), 1);
  EXPECT_EQ(*store().next_run(), 2);
  const auto other = open();
  EXPECT_EQ(*Store(*other, "").next_run(), 3);
}

// --- leases ---

TEST_P(OwnTables, ALeaseThatIsTakenIsBusyAndNamesTheRun) {
  OK(store().take_lease("customers", 41));
  const auto other = open();
  const auto second = Store(*other, "").take_lease("customers", 42);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::Busy);
  EXPECT_NE(second.error().message.find("run 41"), std::string::npos) << second.error().message;
  EXPECT_EQ(base::exit_code_of(second.error()), base::exit_code::Busy);
  OK(Store(*other, "").take_lease("classes", 42));  // another thing is free, and no transaction was left open
}

TEST_P(OwnTables, ALeaseWhoseHolderIsWritingIsBusyAtOnce) {
  const auto lease = store().take_lease("customers", 41);
  OK(lease);
  OK(db().begin());
  OK(store().prove_lease(*lease));
  const auto other = open(std::chrono::milliseconds(50));
  const auto second = Store(*other, "").take_lease("customers", 42);
  ASSERT_FALSE(second);
  // SQLite has one writer at a time, whoever it is: there it is the database that is locked.
  EXPECT_EQ(base::exit_code_of(second.error()), postgres() ? base::exit_code::Busy : base::exit_code::Database);
  EXPECT_EQ(second.error().message.find("run 41") != std::string::npos, postgres()) << second.error().message;
  OK(db().commit());
}

TEST_P(OwnTables, ALeaseThatWasGivenBackIsFreeAndItsEpochGoesOn) {
  const auto first = store().take_lease("customers", 1);
  OK(first);
  store().release_lease(*first);
  const auto second = store().take_lease("customers", 2);
  OK(second);
  EXPECT_GT(second->epoch, first->epoch);
}

TEST_P(OwnTables, ALeaseThatHasRunOutIsTakenOverAndTheOldHolderIsFenced) {
  const auto first = store().take_lease("customers", 1);
  OK(first);
  run("UPDATE " + own("sync_lease") + " SET expires_at = '2001-01-01T00:00:00.000000Z' WHERE name = 'customers'");
  const auto second = store().take_lease("customers", 2);
  OK(second);
  const auto proof = store().prove_lease(*first);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().kind, ErrorKind::Busy);
  EXPECT_EQ(proof.error().code, "lease_lost");
  EXPECT_FALSE(store().renew_lease(*first));
  OK(store().prove_lease(*second));
  store().release_lease(*first);  // is no longer his to give
  EXPECT_FALSE(store().take_lease("customers", 3));
}

TEST_P(OwnTables, ALeaseOfAProcessThatIsGoneIsFreeAtOnce) {
  OK(store().take_lease("customers", 1));
  run("UPDATE " + own("sync_lease") + " SET holder = " + sql::literal(test_support::holder_that_is_gone()) + " WHERE name = 'customers'");
  OK(store().take_lease("customers", 2));
}

TEST_P(OwnTables, TheLockOfASessionWhoseProcessIsGoneIsWaitedFor) {
  OK(store().take_lease("customers", 41));
  run("UPDATE " + own("sync_lease") + " SET holder = " + sql::literal(test_support::holder_that_is_gone()));
  OK(db().begin());
  OK(db().change("UPDATE " + own("sync_lease") + " SET run = run"));
  const auto watcher = open();
  std::thread ends([&] {
    // Where it can be seen: until somebody waits for the row.
    const auto waits = [&] { return watcher->query("SELECT count(*) FROM pg_locks WHERE NOT granted")->integer(0, 0) > 0; };
    while (postgres() && !waits()) std::this_thread::yield();
    db().rollback();
  });
  const auto other = open();
  const auto second = Store(*other, "").take_lease("customers", 42);
  ends.join();
  OK(second);
}

TEST_P(OwnTables, ALeaseOfAnotherMachineHoldsUntilItRunsOut) {
  OK(store().take_lease("customers", 1));
  run("UPDATE " + own("sync_lease") + " SET holder = 'another-boot/pid:[1] 1 1' WHERE name = 'customers'");
  EXPECT_FALSE(store().take_lease("customers", 2));
  run("UPDATE " + own("sync_lease") + " SET expires_at = '2001-01-01T00:00:00.000000Z' WHERE name = 'customers'");
  OK(store().take_lease("customers", 2));
}

TEST_P(OwnTables, ProvingALeaseExtendsIt) {
  const auto lease = store().take_lease("customers", 1);
  OK(lease);
  run("UPDATE " + own("sync_lease") + " SET expires_at = '2001-01-01T00:00:00.000000Z' WHERE name = 'customers'");
  OK(store().prove_lease(*lease));
  const auto until = base::parse_timestamp(all("SELECT expires_at FROM " + own("sync_lease") + " WHERE name = 'customers'"));
  ASSERT_TRUE(until);
  const auto left = *until - base::SystemClock().now();
  EXPECT_GT(left, std::chrono::seconds(30));
  EXPECT_LE(left, LeaseDuration + std::chrono::seconds(5));
}

// rule 16: one writer per stream
TEST_P(OwnTables, OfManyWhoWantALeaseAtOnceOneGetsIt) {
  constexpr int Rivals = 4;
  std::vector<std::unique_ptr<sql::Connection>> connections;
  for (int i = 0; i < Rivals; ++i) connections.push_back(open());
  std::vector<int> outcomes(Rivals, 0);  // 1: has it, 2: busy, 3: another error
  std::vector<std::thread> threads;
  for (int i = 0; i < Rivals; ++i) {
    threads.emplace_back([&, i] {
      const auto lease = Store(*connections[size_t(i)], "").take_lease("customers", i + 1);
      outcomes[size_t(i)] = lease ? 1 : lease.error().kind == ErrorKind::Busy ? 2 : 3;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), 1), 1);
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), 2), Rivals - 1);
}

// --- checkpoints ---

TEST_P(OwnTables, WithoutACheckpointAStreamBeginsAtItsStart) {
  const auto read = store().read_checkpoint("customers", "main", "users");
  OK(read);
  EXPECT_EQ(read->cursor, "");
  EXPECT_FALSE(read->completed);
  EXPECT_FALSE(read->sweep);
}

TEST_P(OwnTables, ACheckpointReadsBackAsItWasWritten) {
  const Checkpoint written{"customers", "main",
                           "users",     "2026-02-27T15:34:28.278681+00:00",
                           true,        Sweep{7, "2026-01-01", "", "2026-02", 1234, "https://x/?page=3&a='b'", 250, "page \"2\"", "f00d"}};
  OK(store().write_checkpoint(written));
  const auto read = store().read_checkpoint("customers", "main", "users");
  OK(read);
  EXPECT_EQ(read->cursor, written.cursor);
  EXPECT_TRUE(read->completed);
  ASSERT_TRUE(read->sweep);
  EXPECT_EQ(read->sweep->run, 7);
  EXPECT_EQ(read->sweep->window_start, "2026-01-01");
  EXPECT_EQ(read->sweep->window_end, "");
  EXPECT_EQ(read->sweep->cursor, "2026-02");
  EXPECT_EQ(read->sweep->declared, 1234);
  EXPECT_EQ(read->sweep->next, "https://x/?page=3&a='b'");
  EXPECT_EQ(read->sweep->read, 250);
  EXPECT_EQ(read->sweep->last, "page \"2\"");
  EXPECT_EQ(read->sweep->last_page, "f00d");
}

TEST_P(OwnTables, WhenTheLastSweepWasCompleteIsKeptWhileTheNextIsUnderWay) {
  const std::string complete_at = "SELECT complete_at FROM " + own("sync_checkpoint");
  OK(store().write_checkpoint({"customers", "main", "users", "c", true, {}, true}));
  run("UPDATE " + own("sync_checkpoint") + " SET complete_at = '2020-01-01T00:00:00.000000Z'");
  const std::string then = all(complete_at);
  OK(store().write_checkpoint({"customers", "main", "users", "c", true, Sweep{7, "", "", "d", -1, "next", 1, "", ""}}));
  EXPECT_EQ(all(complete_at), then);
  OK(store().write_checkpoint({"customers", "main", "users", "d", true, {}, true}));
  EXPECT_NE(all(complete_at), then);
}

TEST_P(OwnTables, ASweepThatIsOverIsForgotten) {
  OK(store().write_checkpoint({"customers", "main", "users", "", false, Sweep{7, "", "", "c", -1, "next", 1, "", ""}}));
  auto read = store().read_checkpoint("customers", "main", "users");
  OK(read);
  EXPECT_FALSE(read->completed);
  ASSERT_TRUE(read->sweep);
  EXPECT_EQ(read->sweep->declared, -1);
  OK(store().write_checkpoint({"customers", "main", "users", "c", true, {}}));
  read = store().read_checkpoint("customers", "main", "users");
  OK(read);
  EXPECT_EQ(read->cursor, "c");
  EXPECT_FALSE(read->sweep);
}

TEST_P(OwnTables, AnotherStreamThanLastTimeBeginsAnew) {
  OK(store().write_checkpoint({"customers", "main", "users", "c", true, Sweep{7, "", "", "c", -1, "next", 1, "", ""}}));
  const auto read = store().read_checkpoint("customers", "main", "members");
  OK(read);
  EXPECT_EQ(read->stream, "members");
  EXPECT_EQ(read->cursor, "");
  EXPECT_FALSE(read->completed);
  EXPECT_FALSE(read->sweep);
}

TEST_P(OwnTables, EachAccountHasACheckpointOfItsOwn) {
  OK(store().write_checkpoint({"customers", "one", "users", "1", true, {}}));
  OK(store().write_checkpoint({"customers", "two", "users", "2", true, {}}));
  EXPECT_EQ(store().read_checkpoint("customers", "one", "users")->cursor, "1");
  EXPECT_EQ(store().read_checkpoint("customers", "two", "users")->cursor, "2");
}

// --- log ---

TEST_P(OwnTables, ARunThatDiedIsMarkedInterruptedByTheNext) {
  OK(store().begin_log(1, report("customers")));
  OK(store().begin_log(1, report("classes")));
  OK(store().begin_log(2, report("customers", "other account")));
  OK(store().begin_log(3, report("customers")));
  EXPECT_EQ(all("SELECT run, entity, account, status, CASE WHEN completed_at IS NULL THEN 'open' ELSE 'closed' END FROM " +
                own("sync_log") + " ORDER BY run, entity"),
            "1|classes|main|running|open, 1|customers|main|interrupted|closed, 2|customers|other account|running|open, "
            "3|customers|main|running|open");
}

TEST_P(OwnTables, AnEntityThatWasNotBegunIsInTheLogAndInterruptsNobody) {
  OK(store().begin_log(1, report("customers")));
  EntityReport left_out = report("customers");
  left_out.note = "another run holds it";
  OK(store().log_unbegun(2, left_out, "failed"));
  EXPECT_EQ(all("SELECT run, status, note, CASE WHEN completed_at IS NULL THEN 'open' ELSE 'closed' END FROM " + own("sync_log") +
                " ORDER BY run"),
            "1|running||open, 2|failed|another run holds it|closed");
}

TEST_P(OwnTables, EachAccountOfAnEntityHasALogRowOfItsOwn) {
  EntityReport north = report("customers"), south = north;
  north.account = "north";
  south.account = "south";
  OK(store().begin_log(1, north));
  OK(store().begin_log(1, south));
  north.transactions = 2;
  south.counters.fetched = south.counters.filtered = 7;
  south.transactions = 1;
  OK(store().update_log(1, north));
  OK(store().update_log(1, south));
  EXPECT_EQ(*store().transactions_of(1, "customers", "north"), 2);
  EXPECT_EQ(*store().transactions_of(1, "customers", "south"), 1);
  OK(store().end_log(1, south, "ok"));
  const auto log = store().read_log(1, 1);
  OK(log);
  ASSERT_EQ(log->size(), 2u);
  EXPECT_EQ((*log)[0].report.account + " " + (*log)[0].status, "north running");
  EXPECT_EQ((*log)[1].report.account + " " + (*log)[1].status, "south ok");
  EXPECT_EQ((*log)[1].report.counters.fetched, 7);
  OK(store().begin_log(2, north));
  EXPECT_EQ((*store().read_log(1, 1))[1].status, "ok") << "only a run of the same account can have died";
}

TEST_P(OwnTables, TheCommittedTransactionsOfARunAreCounted) {
  EXPECT_EQ(*store().transactions_of(1, "customers", "main"), 0);
  EntityReport written = report("customers");
  OK(store().begin_log(1, written));
  written.transactions = 2;
  OK(store().update_log(1, written));
  EXPECT_EQ(*store().transactions_of(1, "customers", "main"), 2);
  EXPECT_EQ(*store().transactions_of(1, "classes", "main"), 0);
}

TEST_P(OwnTables, WhatHasCommittedStaysCountedWhenTheReportKnowsLess) {
  EntityReport known = report("customers");
  OK(store().begin_log(1, known));
  known.transactions = 1;
  known.counters.fetched = known.counters.mapped = known.counters.rows = known.counters.inserted = 10;
  EntityReport landed = known;
  landed.transactions = 2;
  landed.counters.fetched = landed.counters.mapped = landed.counters.rows = landed.counters.inserted = 25;
  OK(store().update_log(1, landed));
  known.exit_code = 23;
  known.errors = {{"commit_unknown", "the answer to COMMIT was lost", "", 1}};
  OK(store().end_log(1, known, "failed"));
  const auto log = store().read_log(1, 10);
  OK(log);
  EXPECT_EQ(log->front().report.counters, landed.counters);
  EXPECT_EQ(log->front().report.transactions, 2);
  EXPECT_EQ(log->front().status, "failed");
  EXPECT_EQ(log->front().report.exit_code, 23);
  EXPECT_EQ(log->front().report.errors.at(0).code, "commit_unknown");
  EXPECT_TRUE(is_moment(log->front().completed_at));
}

TEST_P(OwnTables, ALogRowReadsBackAsItWasReported) {
  EntityReport written = report("customers");
  OK(store().begin_log(1, written));
  written.counters = {21, 17, 3, 1, 18, 4, 5, 1, 1, 1, 2, 1, 2, 1, 9, 3, 6, 2};
  written.requests = 31;
  written.bytes = int64_t{1} << 40;
  written.retries = 2;
  written.transactions = 3;
  written.waited = std::chrono::milliseconds(1500);
  written.auth_method = "api_key";
  written.window_start = "2026-01-01";
  written.window_end = "2026-02-01";
  written.checkpoint = "2026-01-31";
  written.complete = true;
  written.note = "it's \"whole\"";
  written.exit_code = 10;
  written.errors = {{"23514", "a \"bad\" price", "k1", 2}};
  OK(store().update_log(1, written));
  EXPECT_EQ(all("SELECT status FROM " + own("sync_log")), "running");
  OK(store().end_log(1, written, "rejected"));
  const auto log = store().read_log({}, 10);
  OK(log);
  ASSERT_EQ(log->size(), 1u);
  const LogEntry& read = log->front();
  EXPECT_EQ(read.run, 1);
  EXPECT_EQ(read.status, "rejected");
  EXPECT_TRUE(is_moment(read.started_at)) << read.started_at;
  EXPECT_TRUE(is_moment(read.completed_at)) << read.completed_at;
  EXPECT_EQ(read.report.entity, "customers");
  EXPECT_EQ(read.report.stream, "customers_stream");
  EXPECT_EQ(read.report.account, "main");
  EXPECT_EQ(read.report.counters, written.counters);
  EXPECT_EQ(read.report.requests, 31);
  EXPECT_EQ(read.report.bytes, int64_t{1} << 40);
  EXPECT_EQ(read.report.retries, 2);
  EXPECT_EQ(read.report.waited, std::chrono::milliseconds(1500));
  EXPECT_EQ(read.report.auth_method, "api_key");
  EXPECT_EQ(read.report.window_start, "2026-01-01");
  EXPECT_EQ(read.report.window_end, "2026-02-01");
  EXPECT_EQ(read.report.checkpoint, "2026-01-31");
  EXPECT_TRUE(read.report.complete);
  EXPECT_EQ(read.report.note, "it's \"whole\"");
  EXPECT_EQ(read.report.transactions, 3);
  ASSERT_EQ(read.report.errors.size(), 1u);
  EXPECT_EQ(read.report.errors[0].code, "23514");
  EXPECT_EQ(read.report.errors[0].message, "a \"bad\" price");
  EXPECT_EQ(read.report.errors[0].example, "k1");
  EXPECT_EQ(read.report.errors[0].count, 2);
  EXPECT_EQ(read.report.exit_code, 10);
  EXPECT_EQ(all("SELECT rows_synced, errors_count, errors FROM " + own("sync_log")),
            R"(10|3|[{"code":"23514","message":"a \"bad\" price","count":2,"example":"k1"}])");
}

TEST_P(OwnTables, TheLogTellsHowLongAnEntityTook) {
  OK(store().begin_log(1, report("customers")));
  run("UPDATE " + own("sync_log") + " SET started_at = '2026-03-02T23:59:59.500000Z'");
  EXPECT_EQ((*store().read_log(1, 1))[0].report.took.count(), 0) << "it is still at work";
  run("UPDATE " + own("sync_log") + " SET completed_at = '2026-03-03T00:01:00.750000Z'");
  EXPECT_EQ((*store().read_log(1, 1))[0].report.took.count(), 61'250);
}

TEST_P(OwnTables, TheLogShowsTheNewestRunsFirstAndNoMoreThanAsked) {
  for (int64_t run = 1; run <= 3; ++run) {
    OK(store().begin_log(run, report("customers")));
    OK(store().begin_log(run, report("classes")));
  }
  const auto newest = store().read_log({}, 2);
  OK(newest);
  ASSERT_EQ(newest->size(), 4u);  // a run is shown with all its entities
  EXPECT_EQ((*newest)[0].run, 3);
  EXPECT_EQ((*newest)[1].run, 3);
  EXPECT_EQ((*newest)[3].run, 2);
  const auto one = store().read_log(1, 10);
  OK(one);
  ASSERT_EQ(one->size(), 2u);
  EXPECT_EQ((*one)[0].run, 1);
  EXPECT_TRUE(store().read_log(99, 10)->empty());
}

// --- rejects ---

TEST_P(OwnTables, ARejectReadsBackAsItWasMet) {
  const std::vector<Reject> written{{"map", "k1", "price", "not_an_amount", "`x` is no amount", "x", R"({"id":"k1","name":"it's ☃"})"},
                                    {"decode", "", "", "not_a_record", "a number", "7", "7"}};
  OK(store().add_rejects(3, "customers", "main", written));
  const auto read = store().read_rejects(3, 10);
  OK(read);
  ASSERT_EQ(read->size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ((*read)[i].run, 3);
    EXPECT_EQ((*read)[i].entity, "customers");
    EXPECT_EQ((*read)[i].account, "main");
    EXPECT_TRUE(base::parse_timestamp((*read)[i].created_at));
    EXPECT_EQ((*read)[i].reject.stage, written[i].stage);
    EXPECT_EQ((*read)[i].reject.key, written[i].key);
    EXPECT_EQ((*read)[i].reject.field, written[i].field);
    EXPECT_EQ((*read)[i].reject.code, written[i].code);
    EXPECT_EQ((*read)[i].reject.reason, written[i].reason);
    EXPECT_EQ((*read)[i].reject.value, written[i].value);
    EXPECT_EQ((*read)[i].reject.payload, written[i].payload);
  }
  EXPECT_LT((*read)[0].id, (*read)[1].id);
}

TEST_P(OwnTables, WhatADatabaseCannotHoldCanStillBeRejected) {
  using namespace std::string_literals;
  OK(store().add_rejects(1, "customers", "main",
                         {{"map", "k\0ey"s, "na\0me"s, "nul_in_text", "re\0ason"s, "val\0ue"s, "{\"a\":\"b\0c\"}"s},
                          {"decode", "k\xff", "f\xfe", "not_utf8", "\xc3", "\xed\xa0\x80", "{\"a\":\"\xff\"}"}}));
  const auto read = store().read_rejects(1, 10);
  OK(read);
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].reject.key, "k\\u0000ey");
  EXPECT_EQ((*read)[0].reject.payload, "{\"a\":\"b\\u0000c\"}");
  EXPECT_NE((*read)[1].reject.payload.find("{\"a\":\""), std::string::npos);
}

TEST_P(OwnTables, ASecretInARejectedRecordIsNotStored) {
  const base::Secret secret("a-secret-that-must-not-be-stored");
  OK(store().add_rejects(1, "customers", "main", {{"map", "k", "f", "c", "r", "v", "{\"token\":\"a-secret-that-must-not-be-stored\"}"}}));
  EXPECT_EQ(store().read_rejects(1, 1)->front().reject.payload, "{\"token\":\"***\"}");
}

TEST_P(OwnTables, WithoutARunTheNewestThatHasRejectsIsShown) {
  EXPECT_TRUE(store().read_rejects({}, 10)->empty());
  OK(store().add_rejects(3, "customers", "main", {{"map", "old", "", "c", "", "", ""}}));
  OK(store().add_rejects(5, "customers", "main",
                         {{"map", "1", "", "c", "", "", ""}, {"map", "2", "", "c", "", "", ""}, {"map", "3", "", "c", "", "", ""}}));
  const auto newest = store().read_rejects({}, 2);
  OK(newest);
  ASSERT_EQ(newest->size(), 2u);
  EXPECT_EQ((*newest)[0].reject.key, "1");
  EXPECT_EQ((*newest)[1].reject.key, "2");
  EXPECT_EQ(store().read_rejects(3, 10)->size(), 1u);
}

TEST_P(OwnTables, RejectsAreSummedByCodeAndFieldTheMostFrequentFirst) {
  OK(store().add_rejects(1, "customers", "main",
                         {{"map", "k3", "price", "not_an_amount", "b", "", ""},
                          {"map", "k1", "price", "not_an_amount", "a", "", ""},
                          {"map", "k0", "name", "blank", "c", "", ""},
                          {"map", "k9", "price", "blank", "d", "", ""}}));
  OK(store().add_rejects(1, "classes", "main", {{"map", "other", "price", "not_an_amount", "", "", ""}}));
  OK(store().add_rejects(2, "customers", "main", {{"map", "other", "price", "not_an_amount", "", "", ""}}));
  const auto sums = store().sum_rejects(1, "customers", "main");
  OK(sums);
  ASSERT_EQ(sums->size(), 3u);
  EXPECT_EQ((*sums)[0].code, "not_an_amount");
  EXPECT_EQ((*sums)[0].count, 2);
  EXPECT_EQ((*sums)[0].example, "k1");
  EXPECT_EQ((*sums)[0].message, "a");
  EXPECT_EQ((*sums)[1].message, "c");
  EXPECT_EQ((*sums)[2].message, "d");
}

TEST_P(OwnTables, ThePrefixKeepsThemBesideTablesOfTheSameName) {
  for (const OwnTable& table : own_tables()) run(create_statement(table, TableNames(GetParam(), "ours_")));
  Store prefixed(db(), "ours_");
  OK(prefixed.begin_log(8, report("customers")));
  OK(prefixed.write_checkpoint({"customers", "main", "users", "theirs", true, {}}));
  EXPECT_EQ(prefixed.read_log({}, 10)->size(), 1u);
  EXPECT_TRUE(store().read_log({}, 10)->empty());
  EXPECT_EQ(store().read_checkpoint("customers", "main", "users")->cursor, "");
}

}  // namespace
}  // namespace syncline::state
