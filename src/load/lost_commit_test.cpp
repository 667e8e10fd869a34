// SPDX-License-Identifier: Apache-2.0
// The answer to COMMIT is lost: what became of it is looked up, and each row is written and counted once.
#include "load/deletes.hpp"
#include "support/loader.hpp"
#include "support/losing_connection.hpp"

namespace syncline::load {
namespace {

using namespace test_support;
using test::LosingConnection;
using Commit = LosingConnection::Commit;

class LostCommits : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    const std::string when = postgres() ? "timestamptz" : "TIMESTAMP";
    run("CREATE TABLE people (id " + counted() +
        ", external_id text UNIQUE, email text, name text CONSTRAINT no_bad CHECK (name <> 'bad'), synced_at " + when + ")");
    people_ = &entity("people", {"email", "name"});
    losing_ = std::make_unique<LosingConnection>([this] { return open(); });
  }
  Loader people() { return {*losing_, project_, "people"}; }
  static std::vector<Cell> row(const char* key, const char* email, const char* name) {
    return {Cell::of(key), Cell::of(email), Cell::of(name)};
  }
  /// fetched|rows_made|inserted|updated|unchanged|adopted|rejected|deleted|transactions
  std::string logged() {
    return all("SELECT fetched, rows_made, inserted, updated, unchanged, adopted, rejected, deleted, transactions FROM " + own("sync_log"));
  }
  std::string stored() { return all("SELECT external_id, name FROM people ORDER BY id"); }

  base::Result<void> remove(Loader& to, const std::vector<std::string>& keys) {
    const auto table = db().describe(people_->table);
    const auto target =
        bind_target(*losing_, project_, *people_, **table, {{record::RowColumn::Role::Key, *(*table)->column("external_id")}});
    if (!target) return base::fail(target.error());
    state::Store store(*losing_, "");
    Deletes deletes(store, *people_, *target, to.lease(), clock_);
    return deletes.remove(keys, to.run(), to.report, {});
  }

  config::Entity* people_ = nullptr;
  std::unique_ptr<LosingConnection> losing_;
  base::SystemClock clock_;
};
INSTANTIATE_TEST_SUITE_P(Databases, LostCommits, test::both_databases(), test::database_name);

// F3: the connection drops after COMMIT was sent
TEST_P(LostCommits, ABatchWhoseCommitWasDoneIsNotWrittenAgainAndCountedOnce) {
  Loader to = people();
  losing_->lose({Commit::Done});
  EXPECT_EQ(to.write({row("a", "a@x", "Ann"), row("b", "b@x", "bad")}), "1 inserted, 1 rejected") << to.message;
  EXPECT_EQ(losing_->lost(), 1);
  EXPECT_EQ(logged(), "2|2|1|0|0|0|1|0|1");
  EXPECT_EQ(rejects(), "write|b|no_bad|23514|{\"row\":1}") << "told once";
  EXPECT_EQ(to.write({row("a", "a@x", "Anna")}), "1 updated") << to.message;
  EXPECT_EQ(logged(), "3|3|1|1|0|0|1|0|2");
  EXPECT_EQ(stored(), "a|Anna");
}

// F3: the connection drops after COMMIT was sent, and it never arrived
TEST_P(LostCommits, ABatchWhoseCommitWasNotDoneIsWrittenAgainAndCountedOnce) {
  Loader to = people();
  for (const size_t losses : {1u, 3u}) {
    losing_->lose(std::vector(losses, Commit::Undone));
    const std::string key = "k" + std::to_string(losses);
    EXPECT_EQ(to.write({row(key.c_str(), "a@x", "Ann")}), "1 inserted") << to.message;
  }
  EXPECT_EQ(losing_->lost(), 4);
  EXPECT_EQ(logged(), "2|2|2|0|0|0|0|0|2");
  EXPECT_EQ(stored(), "k1|Ann, k3|Ann");
  losing_->lose({Commit::Undone, Commit::Done});
  EXPECT_EQ(to.write({row("z", "z@x", "Zoe")}), "1 inserted") << to.message;
  EXPECT_EQ(logged(), "3|3|3|0|0|0|0|0|3") << "lost twice, and the second time it was done";
}

TEST_P(LostCommits, WhereNoCommitArrivesTheBatchIsGivenUp) {
  Loader to = people();
  losing_->lose(std::vector(9, Commit::Undone));
  EXPECT_EQ(to.write({row("a", "a@x", "Ann")}), "transient commit_unknown");
  EXPECT_EQ(logged(), "0|0|0|0|0|0|0|0|0");
  EXPECT_EQ(stored(), "");
}

TEST_P(LostCommits, WhatWasAdoptedInATransactionThatWasDoneIsKnownToBeAdopted) {
  run("INSERT INTO people (email, name) VALUES ('a@x', 'Ann')");
  adopt_by(*people_, {"email"});
  Loader to = people();
  losing_->lose({Commit::Done});
  EXPECT_EQ(to.write({row("a", "a@x", "Ann")}), "1 adopted") << to.message;
  EXPECT_EQ(to.write({row("b", "a@x", "Ann")}), "1 rejected") << "the row is another record's since this run";
}

TEST_P(LostCommits, WhatWasAdoptedInATransactionThatWasNotDoneIsAdoptedAgain) {
  run("INSERT INTO people (email, name) VALUES ('a@x', 'Ann')");
  adopt_by(*people_, {"email"});
  Loader to = people();
  losing_->lose({Commit::Undone});
  EXPECT_EQ(to.write({row("a", "a@x", "Ann")}), "1 adopted") << to.message;
  EXPECT_EQ(all("SELECT count(*) FROM people"), "1");
}

// F3: the connection drops after the COMMIT of a deletion was sent
TEST_P(LostCommits, RowsThatWereDeletedAreCountedOnceAndThoseThatWereKeptAreTold) {
  people_->deletes.kind = config::Deletes::Kind::Hard;
  run("CREATE TABLE visits (person_id bigint REFERENCES people (id))");
  for (const Commit end : {Commit::Done, Commit::Undone}) {
    run("DELETE FROM visits; DELETE FROM people; DELETE FROM " + own("sync_log") + "; DELETE FROM " + own("sync_reject"));
    Loader to = people();
    to.write({row("a", "a@x", "Ann"), row("b", "b@x", "Bob"), row("c", "c@x", "Cid")});
    run("INSERT INTO visits SELECT id FROM people WHERE external_id = 'b'");
    losing_->lose({end});
    const auto done = remove(to, {"a", "b"});
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(to.report.not_deleted, 1);
    EXPECT_EQ(to.report.counters.deleted, 1);
    EXPECT_EQ(logged(), "3|3|3|0|0|0|0|1|2");
    EXPECT_EQ(all("SELECT count(*) FROM " + own("sync_reject")), "1");
  }
}

}  // namespace
}  // namespace syncline::load
