// SPDX-License-Identifier: Apache-2.0
// Row level security: what a policy refuses or hides is a reject of that row, and a right that is missing stops the entity.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

/// Our role is not the tables' owner, whom policies do not bind.
class Guarded : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    run("CREATE TABLE people (id serial PRIMARY KEY, external_id text UNIQUE, name text, studio text DEFAULT 'ours', synced_at "
        "timestamptz, sync_hash bigint, sync_xid xid); ALTER TABLE people ENABLE ROW LEVEL SECURITY");
    entity("people", {"name"});
    owner_ = open();
    const std::string database = all("SELECT current_database()");
    role_ = "guarded_" + database;
    run("CREATE ROLE " + role_ + " LOGIN PASSWORD 'test-only-password'; GRANT USAGE ON SCHEMA syncline TO " + role_ +
        "; GRANT ALL ON ALL TABLES IN SCHEMA syncline TO " + role_ + "; GRANT USAGE ON ALL SEQUENCES IN SCHEMA syncline, public TO " +
        role_ + "; GRANT SELECT, INSERT, UPDATE ON people TO " + role_ + "; GRANT TEMPORARY ON DATABASE " + database + " TO " + role_);
    connection_ = open(test::PostgresCluster::shared().url(database, role_, "test-only-password"), std::chrono::seconds(5));
  }

  /// As the tables' owner.
  void decree(const std::string& sql) { run(*owner_, sql); }
  static std::vector<Cell> row(const char* key, const char* name) { return {Cell::of(key), Cell::of(name)}; }
  std::string people() { return all(*owner_, "SELECT external_id, name FROM people ORDER BY external_id"); }
  std::string reason() { return all(*owner_, "SELECT reason FROM syncline.sync_reject"); }

  std::unique_ptr<sql::Connection> owner_;
  std::string role_;
};

INSTANTIATE_TEST_SUITE_P(Databases, Guarded, testing::Values(sql::Dialect::Postgres), test::database_name);

// F9: RLS 42501
TEST_P(Guarded, ARowThatAPolicyRefusesIsOneRejectAndTheOthersLand) {
  decree("CREATE POLICY all_but_bad ON people USING (true) WITH CHECK (name <> 'bad')");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "A"), row("b", "bad"), row("c", "C")}), "2 inserted, 1 rejected") << to.message;
  EXPECT_EQ(rejects(), R"(write|b||42501|{"row":1})");
  EXPECT_NE(reason().find("row-level security policy"), std::string::npos) << reason();
  EXPECT_EQ(to.write({row("a", "bad"), row("b", "B"), row("c", "CC")}), "1 inserted, 1 updated, 1 rejected") << to.message;
  EXPECT_EQ(people(), "a|A, b|B, c|CC");
}

// F9, rule 11: class 42 is drift but for a policy's refusal
TEST_P(Guarded, ARightThatIsMissingStopsTheBatchAndNothingLands) {
  decree("CREATE POLICY everybody ON people USING (true)");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "A")}), "1 inserted") << to.message;
  decree("REVOKE UPDATE ON people FROM " + role_);
  EXPECT_EQ(to.write({row("a", "AA"), row("b", "B")}), "contract_drift 42501") << to.message;
  EXPECT_EQ(people(), "a|A");
  EXPECT_EQ(rejects(), "");
}

// F9: a policy that hides the row
TEST_P(Guarded, AKeyWhoseRowAPolicyHidesIsOneRejectThatSaysSo) {
  decree(
      "CREATE POLICY own_studio ON people USING (studio = 'ours'); INSERT INTO people (external_id, name, studio) VALUES ('b', "
      "'hidden', 'theirs')");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "A"), row("b", "B"), row("c", "C")}), "2 inserted, 1 rejected") << to.message;
  EXPECT_EQ(rejects(), R"(write|b|external_id|row_hidden|{"row":1})");
  EXPECT_NE(reason().find("row level security of `people` hides a row with this `external_id`"), std::string::npos) << reason();
  EXPECT_EQ(people(), "a|A, b|hidden, c|C");
  EXPECT_EQ(to.write({row("a", "AA"), row("b", "B"), row("c", "C")}), "1 updated, 1 unchanged, 1 rejected") << to.message;
}

// F9: a policy that lets a row be seen but not changed
TEST_P(Guarded, ARowThatAPolicyKeepsFromChangesIsOneReject) {
  decree(
      "CREATE POLICY all_seen ON people FOR SELECT USING (true); CREATE POLICY all_made ON people FOR INSERT WITH CHECK (true); "
      "CREATE POLICY some_changed ON people FOR UPDATE USING (studio = 'ours')");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "A"), row("b", "B"), row("c", "C")}), "3 inserted") << to.message;
  decree("UPDATE people SET studio = 'theirs' WHERE external_id = 'b'");
  EXPECT_EQ(to.write({row("a", "AA"), row("b", "BB"), row("c", "CC")}), "2 updated, 1 rejected") << to.message;
  EXPECT_EQ(rejects(), R"(write|b|external_id|row_hidden|{"row":1})");
  EXPECT_EQ(people(), "a|AA, b|B, c|CC");
}

// A role that policies bind may meet a row that another one has just made: that is a lost race, and no reject.
TEST_P(Guarded, ARowThatIsInsertedWhileWeWaitIsNotHidden) {
  decree("CREATE POLICY everybody ON people USING (true)");
  Loader to = loader("people");
  ASSERT_TRUE(owner_->begin());
  run(*owner_, "INSERT INTO people (external_id, name) VALUES ('a', 'theirs')");
  std::string written;
  std::thread writer([&] { written = to.write({row("a", "A"), row("b", "B")}); });
  const auto looks = open();
  const auto waits = [&] {
    return all(*looks, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == "1";
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!waits() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(owner_->commit());
  writer.join();
  EXPECT_EQ(written, "1 inserted, 1 updated") << to.message;
}

}  // namespace
}  // namespace syncline::load
