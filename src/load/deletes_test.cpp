// SPDX-License-Identifier: Apache-2.0
#include "load/deletes.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/text.hpp"
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

using Keys = std::vector<std::string>;

/// Orders, with lines that belong to them, and what a run does to rows whose record is gone.
class DeletesTest : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    run("CREATE TABLE orders (id " + counted() + ", external_id text UNIQUE, total bigint, deleted_at " +
        (postgres() ? "timestamptz" : "TIMESTAMP") + ", synced_at " + (postgres() ? "timestamptz" : "TIMESTAMP") +
        (postgres() ? ", sync_hash bigint, sync_xid xid)" : ")"));
    orders_ = &entity("orders", {"total"});
    orders_->deletes.kind = config::Deletes::Kind::Hard;
  }

  /// A run has one mapping: its temporary tables are made once a connection.
  void another_run() { connection_ = open(); }

  void softly(const std::string& column = "deleted_at") {
    orders_->deletes.kind = config::Deletes::Kind::Soft;
    orders_->deletes.column = column;
  }

  /// Binds the entity and does something with what deletes its rows.
  template <class Do>
  std::string with_deletes(Loader& loader, const std::string& name, const Do& what) {
    const config::Entity& entity = *project_.entity(name);
    const auto table = db().describe(entity.table);
    std::vector<record::RowColumn> columns{{record::RowColumn::Role::Key, *(*table)->column(entity.key.column)}};
    for (const auto& field : entity.fields) columns.push_back({record::RowColumn::Role::Field, *(*table)->column(field.column)});
    for (size_t relation = 0; relation < entity.relations.size(); ++relation)
      columns.push_back({record::RowColumn::Role::RelationKey, {}, relation, 0});
    const auto target = bind_target(db(), project_, entity, **table, std::move(columns));
    if (!target) return target.error().message;
    state::Store store(db(), "");
    Deletes deletes(store, entity, *target, loader.lease(), clock_);
    if (const auto checked = deletes.check(); !checked) return checked.error().message;
    return what(deletes);
  }

  std::string remove(Loader& loader, const Keys& keys, const std::string& name = "orders") {
    return with_deletes(loader, name, [&](Deletes& deletes) {
      const record::EntityReport before = loader.report;
      if (const auto done = deletes.remove(keys, loader.run(), loader.report, {}); !done) return done.error().message;
      return std::to_string(loader.report.counters.deleted - before.counters.deleted) + " deleted, " +
             std::to_string(loader.report.not_deleted - before.not_deleted) + " refused";
    });
  }

  std::string keys_after(Loader& loader, const std::optional<std::string>& last, int64_t most) {
    return with_deletes(loader, "orders", [&](Deletes& deletes) {
      const auto keys = deletes.keys_after(last, most);
      return keys ? base::joined(*keys, " ") : keys.error().message;
    });
  }

  std::string orders() {
    return all("SELECT external_id, CASE WHEN deleted_at IS NULL THEN '' ELSE 'deleted' END FROM orders ORDER BY external_id");
  }

  static std::vector<Cell> order(const char* id, int64_t total) { return {Cell::of(id), Cell::of(total)}; }

  config::Entity* orders_ = nullptr;
  base::SystemClock clock_;
};
INSTANTIATE_TEST_SUITE_P(, DeletesTest, test::both_databases(), test::database_name);

/// What SQLite does not have: types with an equality of their own, locks of single rows.
class DeletesOnPostgres : public DeletesTest {};
INSTANTIATE_TEST_SUITE_P(, DeletesOnPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

TEST_P(DeletesTest, AHardDeleteTakesTheRowsThatAreNamedAndCountsThem) {
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 2), order("c", 3)});
  EXPECT_EQ(remove(to, {"a", "c", "not there"}), "2 deleted, 0 refused");
  EXPECT_EQ(orders(), "b|");
  EXPECT_EQ(all("SELECT deleted FROM " + own("sync_log")), "2");
}

TEST_P(DeletesTest, KeysComeInTheirOrderAPieceAtATimeAndOnlyOfRowsThatHaveOne) {
  Loader to = loader("orders");
  to.write({order("b", 1), order("a", 2), order("c\"\\d", 3)});
  run("INSERT INTO orders (total) VALUES (9)");
  EXPECT_EQ(keys_after(to, std::nullopt, 2), "a b");
  EXPECT_EQ(keys_after(to, "b", 2), "c\"\\d");
  EXPECT_EQ(keys_after(to, "c\"\\d", 2), "");
  EXPECT_EQ(remove(to, {"c\"\\d"}), "1 deleted, 0 refused");
}

TEST_P(DeletesTest, ASoftDeleteMarksTheRowAndRemembersWhatItWrote) {
  softly();
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 2)});
  EXPECT_EQ(remove(to, {"a"}), "1 deleted, 0 refused");
  EXPECT_EQ(orders(), "a|deleted, b|");
  EXPECT_EQ(all("SELECT s.entity, s.account, s.key, s.run FROM " + own("sync_seen") + " AS s JOIN orders AS o ON " +
                (postgres() ? "s.value::timestamptz = o.deleted_at" : "s.value = o.deleted_at")),
            "orders|main|a|" + std::to_string(to.run()));
  EXPECT_EQ(keys_after(to, std::nullopt, 9), "b");
  EXPECT_EQ(remove(to, {"a"}), "0 deleted, 0 refused");
}

// E9: a deleted row comes back
TEST_P(DeletesTest, ARecordThatComesBackIsUndeletedAndCountedAsUpdated) {
  softly();
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 2)});
  remove(to, {"a", "b"});
  EXPECT_EQ(to.write({order("a", 1), order("b", 3)}), "2 updated");
  EXPECT_EQ(orders(), "a|, b|");
  EXPECT_EQ(all("SELECT count(*) FROM " + own("sync_seen")), "0");
  EXPECT_EQ(to.write({order("a", 1), order("b", 3)}), "2 unchanged");
}

TEST_P(DeletesTest, ARowThatWeHaveDeletedIsNotSkippedAsUnchanged) {
  softly();
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 2)});
  remove(to, {"a"});
  EXPECT_EQ(to.sent({order("a", 1), order("b", 2)}), "0");
}

TEST_P(DeletesTest, ARowThatTheUserHasDeletedStaysDeletedAndIsKeptEqual) {
  softly();
  Loader to = loader("orders");
  to.write({order("a", 1)});
  run("UPDATE orders SET deleted_at = '2026-01-01T00:00:00Z'");
  EXPECT_EQ(to.write({order("a", 2)}), "1 updated");
  EXPECT_EQ(orders(), "a|deleted");
  EXPECT_EQ(all("SELECT total FROM orders"), "2");
}

TEST_P(DeletesTest, AMarkThatTheUserHasReplacedIsTheUsers) {
  softly();
  Loader to = loader("orders");
  to.write({order("a", 1)});
  remove(to, {"a"});
  run("UPDATE orders SET deleted_at = '2026-01-01T00:00:00Z'");
  EXPECT_EQ(to.write({order("a", 1)}), "1 unchanged");
  EXPECT_EQ(orders(), "a|deleted");
}

TEST_P(DeletesTest, WithResurrectTheSourceHasTheLastWord) {
  softly();
  orders_->deletes.resurrect = true;
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 1)});
  run("UPDATE orders SET deleted_at = '2026-01-01T00:00:00Z' WHERE external_id = 'a'");
  EXPECT_EQ(to.write({order("a", 1), order("b", 1)}), "1 updated, 1 unchanged");
  EXPECT_EQ(orders(), "a|, b|");
}

TEST_P(DeletesTest, ADryRunCountsWhatWouldComeBackAndChangesNothing) {
  softly();
  Loader to = loader("orders");
  to.write({order("a", 1)});
  remove(to, {"a"});
  Loader dry = loader("orders", Ending::Rollback);
  EXPECT_EQ(dry.write({order("a", 1)}), "1 updated");
  EXPECT_EQ(orders(), "a|deleted");
  run("DROP TABLE " + own("sync_seen"));
  Loader unmigrated = loader("orders", Ending::Rollback);
  EXPECT_EQ(unmigrated.write({order("a", 1)}), "1 unchanged");
}

TEST_P(DeletesTest, ABooleanAndADateSayThatARowIsDeletedToo) {
  run(postgres() ? "ALTER TABLE orders ADD gone boolean NOT NULL DEFAULT false, ADD gone_on date"
                 : "ALTER TABLE orders ADD gone BOOLEAN NOT NULL DEFAULT 0; ALTER TABLE orders ADD gone_on DATE");
  for (const char* column : {"gone", "gone_on"}) {
    softly(column);
    Loader to = loader("orders");
    to.write({order("a", 1)});
    EXPECT_EQ(remove(to, {"a"}), "1 deleted, 0 refused") << column;
    EXPECT_EQ(keys_after(to, std::nullopt, 9), "") << column;
    EXPECT_EQ(to.write({order("a", 1)}), "1 updated") << column;
    EXPECT_EQ(keys_after(to, std::nullopt, 9), "a") << column;
  }
}

TEST_P(DeletesTest, ARowThatAForeignKeyHoldsBecomesARejectAndTheOthersGo) {
  if (!postgres()) run("PRAGMA foreign_keys = ON");
  run("CREATE TABLE invoices (id " + counted() + ", order_id bigint CONSTRAINT invoice_order REFERENCES orders (id) ON DELETE RESTRICT)");
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 2), order("c", 3)});
  run("INSERT INTO invoices (order_id) SELECT id FROM orders WHERE external_id = 'b'");
  EXPECT_EQ(remove(to, {"a", "b", "c"}), "2 deleted, 1 refused");
  EXPECT_EQ(orders(), "b|");
  // From PostgreSQL 18 on RESTRICT has a code of its own, 23001.
  EXPECT_EQ(all("SELECT stage, key, substr(code, 1, 2), field FROM " + own("sync_reject")),
            postgres() ? "delete|b|23|invoice_order" : "delete|b|P0|");
}

/// SQLite keeps a text in an integer column.
class DeletesOnSqlite : public DeletesTest {};
INSTANTIATE_TEST_SUITE_P(, DeletesOnSqlite, testing::Values(sql::Dialect::Sqlite), test::database_name);

TEST_P(DeletesOnSqlite, ATextInAnIntegerColumnIsNobodysKeyAndInNobodysWay) {
  run("DROP TABLE orders; CREATE TABLE orders (id INTEGER PRIMARY KEY, external_id INTEGER UNIQUE, total bigint, deleted_at TIMESTAMP, "
      "synced_at TIMESTAMP); INSERT INTO orders (external_id) VALUES (7), ('x1'), (8), (1.5)");
  Loader to = loader("orders");
  EXPECT_EQ(keys_after(to, std::nullopt, 1), "7");
  EXPECT_EQ(keys_after(to, "7", 9), "8");
  EXPECT_EQ(remove(to, {"7"}), "1 deleted, 0 refused");
  EXPECT_EQ(all("SELECT count(*) FROM orders"), "3");
}

TEST_P(DeletesTest, ARowThatIsAdoptedIsUnmarkedOnlyIfTheSourceHasTheLastWord) {
  run("INSERT INTO orders (total, deleted_at) VALUES (1, '2026-01-01T00:00:00Z'), (2, '2026-01-01T00:00:00Z')");
  softly();
  adopt_by(*orders_, {"total"});
  EXPECT_EQ(loader("orders").write({order("a", 1)}), "1 adopted");
  EXPECT_EQ(orders(), postgres() ? "a|deleted, NULL|deleted" : "NULL|deleted, a|deleted");
  orders_->deletes.resurrect = true;
  EXPECT_EQ(loader("orders", Ending::Rollback).write({order("b", 2)}), "1 adopted");
  EXPECT_EQ(loader("orders").write({order("b", 2)}), "1 adopted");
  EXPECT_EQ(orders(), "a|deleted, b|");
}

TEST_P(DeletesOnPostgres, AKeyWhoseEqualityIsNotOursIsRefusedBeforehand) {
  run("CREATE EXTENSION citext; ALTER TABLE orders ALTER external_id TYPE citext");
  Loader to = loader("orders");
  EXPECT_NE(remove(to, {"a"}).find("cannot be deleted by their key `external_id`"), std::string::npos);
}

TEST_P(DeletesOnPostgres, ARowThatSomebodyHasLockedStaysAndIsToldOf) {
  Loader first = loader("orders");
  first.write({order("a", 1), order("b", 2)});
  const auto theirs = open();
  ASSERT_TRUE(theirs->begin());
  run(*theirs, "UPDATE orders SET total = 7 WHERE external_id = 'a'");
  connection_ = open(std::chrono::milliseconds(50));
  Loader to = loader("orders");
  EXPECT_EQ(remove(to, {"a", "b"}), "1 deleted, 1 refused");
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject")), "a|row_locked");
  theirs->rollback();
}

TEST_P(DeletesOnPostgres, RowsThatWereHadAreNotToldOfBesideOneThatIsLocked) {
  run("ALTER TABLE orders ALTER external_id TYPE bigint USING external_id::bigint");
  Loader first = loader("orders");
  const auto order_of = [](int64_t id) { return std::vector<Cell>{Cell::of(id), Cell::of(int64_t{1})}; };
  first.write({order_of(9), order_of(10), order_of(11)});
  const auto theirs = open();
  ASSERT_TRUE(theirs->begin());
  run(*theirs, "UPDATE orders SET total = 7 WHERE external_id = 11");
  connection_ = open(std::chrono::milliseconds(50));
  Loader to = loader("orders");
  EXPECT_EQ(remove(to, {"9", "10", "11"}), "2 deleted, 1 refused");
  EXPECT_EQ(all("SELECT key FROM " + own("sync_reject")), "11");
  theirs->rollback();
}

// rule 16: keys are locked in one order
TEST_P(DeletesOnPostgres, RowsAreLockedInTheOrderOfTheirKeys) {
  const auto looks = open(), theirs = open(), second = open();
  Loader to = loader("orders");
  to.write({order("c", 1), order("a", 2), order("b", 3)});
  ASSERT_TRUE(theirs->begin());
  run(*theirs, "UPDATE orders SET total = 7 WHERE external_id = 'b'");
  std::string removed;
  std::thread deleter([&] { removed = remove(to, {"b", "c", "a"}); });
  const std::string waits = "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (all(*looks, waits) != "t" && std::chrono::steady_clock::now() < deadline) continue;
  const auto is_free = [&](const std::string& key) {
    return second->query("SELECT 1 FROM orders WHERE external_id = '" + key + "' FOR UPDATE NOWAIT").has_value();
  };
  EXPECT_FALSE(is_free("a")) << "it comes before the one that is waited for";
  EXPECT_TRUE(is_free("c")) << "it comes behind it";
  theirs->rollback();
  deleter.join();
  EXPECT_EQ(removed, "3 deleted, 0 refused");
}

TEST_P(DeletesTest, ARowThatAConstraintHoldsWhichIsJudgedAtTheEndBecomesARejectToo) {
  run("CREATE TABLE invoices (id " + counted() +
      ", order_id bigint CONSTRAINT invoice_order REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED)");
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 2), order("c", 3)});
  run("INSERT INTO invoices (order_id) SELECT id FROM orders WHERE external_id = 'b'");
  EXPECT_EQ(remove(to, {"a", "b", "c"}), "2 deleted, 1 refused");
  EXPECT_EQ(orders(), "b|");
}

TEST_P(DeletesTest, ATableWhoseKeysAreEqualInWaysOfTheirOwnIsRefusedBeforehand) {
  run("DROP TABLE orders");
  if (postgres()) run("CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  run("CREATE TABLE orders (id " + counted() + ", external_id text COLLATE " + (postgres() ? "no_case" : "NOCASE") +
      " UNIQUE, total bigint, deleted_at " + (postgres() ? "timestamptz, synced_at timestamptz)" : "TIMESTAMP, synced_at TIMESTAMP)"));
  Loader to = loader("orders");
  EXPECT_NE(remove(to, {"a"}).find("its collation calls different texts equal"), std::string::npos);
}

TEST_P(DeletesTest, ARecordThatIsOlderThanItsRowIsThereAllTheSame) {
  run(std::string("ALTER TABLE orders ADD changed_at ") + (postgres() ? "timestamptz" : "TIMESTAMP"));
  orders_->version = config::Entity::Version{"changed_at", {}, {}};
  softly();
  Loader to = loader("orders");
  EXPECT_EQ(to.write({{Cell::of("a"), at(5), integer(1)}}), "1 inserted");
  EXPECT_EQ(remove(to, {"a"}), "1 deleted, 0 refused");
  EXPECT_EQ(to.write({{Cell::of("a"), at(4), integer(9)}}), "1 updated") << "it has come back, and nothing else of it is new";
  EXPECT_EQ(all("SELECT total FROM orders WHERE deleted_at IS NULL"), "1");
}

TEST_P(DeletesOnPostgres, AMarkThatTheUserReplacesWhileWeWaitIsTheUsers) {
  softly();
  Loader to = loader("orders");
  to.write({order("a", 1)});
  remove(to, {"a"});
  EXPECT_EQ(LoadTest::write_against("orders", "UPDATE orders SET deleted_at = '2026-01-01'", {order("a", 1)}), "1 unchanged");
  EXPECT_EQ(orders(), "a|deleted");
}

/// Orders with an e-mail that only one of those that are not deleted may have.
class DeletesWithEmails : public DeletesTest {
 protected:
  void SetUp() override {
    DeletesTest::SetUp();
    if (!connection_) return;
    run("ALTER TABLE orders ADD email text; CREATE UNIQUE INDEX one_email ON orders (email) WHERE deleted_at IS NULL");
    orders_->fields.emplace_back().column = "email";
    softly();
  }
  static std::vector<Cell> order(const char* id, int64_t total, const char* email) {
    return {Cell::of(id), Cell::of(total), email ? Cell::of(email) : Cell::null()};
  }
  std::string emails() {
    return all("SELECT external_id, email, CASE WHEN deleted_at IS NULL THEN '' ELSE 'deleted' END FROM orders ORDER BY external_id");
  }
};
INSTANTIATE_TEST_SUITE_P(, DeletesWithEmails, test::both_databases(), test::database_name);

// E9: a deleted row comes back, and somebody else has by now what it had
TEST_P(DeletesWithEmails, ARowThatComesBackGetsItsNewValuesAndLosesItsMarkAtOnce) {
  Loader to = loader("orders");
  EXPECT_EQ(to.write({order("a", 1, "x"), order("b", 1, "b")}), "2 inserted") << to.message;
  remove(to, {"a"});
  EXPECT_EQ(to.write({order("b", 1, "x")}), "1 updated") << to.message;
  EXPECT_EQ(to.write({order("a", 1, "new"), order("b", 1, "x")}), "1 updated, 1 unchanged") << to.message;
  EXPECT_EQ(emails(), "a|new|, b|x|");
  EXPECT_EQ(rejects(), "");
  EXPECT_EQ(to.write({order("a", 1, "new"), order("b", 1, "x")}), "2 unchanged");
}

TEST_P(DeletesWithEmails, WhatItHadComesBackToItIfAnotherOfTheBatchLetsItGo) {
  if (!postgres()) return;  // SQLite does not tell what its partial indexes are about
  for (const bool first : {true, false}) {
    run("DELETE FROM orders");
    Loader to = loader("orders");
    EXPECT_EQ(to.write({order("a", 1, "x"), order("b", 1, "b")}), "2 inserted") << to.message;
    remove(to, {"a"});
    EXPECT_EQ(to.write({order("b", 1, "x")}), "1 updated") << to.message;
    const std::vector<Cell> back = order("a", 1, "x"), lets_go = order("b", 1, "z");
    EXPECT_EQ(to.write(first ? std::vector{back, lets_go} : std::vector{lets_go, back}), "2 updated") << to.message;
    EXPECT_EQ(emails(), "a|x|, b|z|");
  }
}

TEST_P(DeletesWithEmails, ARowThatComesBackToAValueThatIsTakenStaysMarked) {
  Loader to = loader("orders");
  EXPECT_EQ(to.write({order("a", 1, "x"), order("b", 1, "b")}), "2 inserted") << to.message;
  remove(to, {"a"});
  EXPECT_EQ(to.write({order("b", 1, "x")}), "1 updated") << to.message;
  EXPECT_EQ(to.write({order("a", 2, "x"), order("b", 1, "x"), order("c", 1, "c")}), "1 inserted, 1 unchanged, 1 rejected") << to.message;
  EXPECT_EQ(emails(), "a|x|deleted, b|x|, c|c|");
  EXPECT_EQ(all("SELECT key FROM " + own("sync_seen")), "a") << "when it lands one day, it is still ours to unmark";
  EXPECT_EQ(to.write({order("a", 2, "y")}), "1 updated") << to.message;
  EXPECT_EQ(emails(), "a|y|, b|x|, c|c|");
}

TEST_P(DeletesWithEmails, ARowThatGoesWithoutATakenValueComesBackAllTheSame) {
  run("DROP INDEX one_email; CREATE UNIQUE INDEX one_email ON orders (email)");
  orders_->fields.back().taken_as_null = true;
  Loader to = loader("orders");
  EXPECT_EQ(to.write({order("a", 1, nullptr), order("b", 1, "x")}), "2 inserted") << to.message;
  remove(to, {"a"});
  EXPECT_EQ(to.write({order("a", 1, "x"), order("b", 1, "x")}), "1 updated, 1 unchanged") << to.message;
  EXPECT_EQ(emails(), "a|NULL|, b|x|");
}

TEST_P(DeletesWithEmails, AnAdoptedRowGetsItsNewValuesAndLosesItsMarkAtOnceToo) {
  orders_->deletes.resurrect = true;
  adopt_by(*orders_, {"total"});
  run("INSERT INTO orders (total, email, deleted_at) VALUES (7, 'x', '2026-01-01T00:00:00Z'); INSERT INTO orders (external_id, total, "
      "email) VALUES ('b', 1, 'x')");
  Loader to = loader("orders");
  EXPECT_EQ(to.write({order("a", 7, "new"), order("b", 1, "x")}), "1 unchanged, 1 adopted") << to.message;
  EXPECT_EQ(emails(), "a|new|, b|x|");
}

TEST_P(DeletesWithEmails, WhoIsInTheWayOfARowThatComesBackIsNamedAlsoWhereNoFieldIsConcerned) {
  run("ALTER TABLE orders ADD slug text; CREATE UNIQUE INDEX one_slug ON orders (slug) WHERE deleted_at IS NULL");
  Loader to = loader("orders");
  EXPECT_EQ(to.write({order("a", 1, "a"), order("b", 1, "b")}), "2 inserted") << to.message;
  remove(to, {"a"});
  run("UPDATE orders SET slug = 's'");
  EXPECT_EQ(to.write({order("a", 1, "a"), order("b", 1, "b")}), "1 unchanged, 1 rejected") << to.message;
  EXPECT_EQ(emails(), "a|a|deleted, b|b|");
  const std::string reason = all("SELECT reason FROM " + own("sync_reject"));
  EXPECT_NE(reason.find(postgres() ? "is taken by row" : "UNIQUE"), std::string::npos) << reason;
}

TEST_P(DeletesTest, ARuleForRowsThatAreDeletedIsNoneForOneThatComesBack) {
  run("ALTER TABLE orders ADD note text CHECK (deleted_at IS NULL OR total <> 7) CHECK (total < 100)");
  softly();
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 2)});
  remove(to, {"a"});
  EXPECT_EQ(to.write({order("a", 7), order("b", 500)}), "1 updated, 1 rejected") << to.message;
  EXPECT_EQ(orders(), "a|, b|");
}

TEST_P(DeletesOnPostgres, ARowThatComesBackIsStampedAndNobodysEdit) {
  softly();
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 2)});
  remove(to, {"a"});
  EXPECT_EQ(to.write({order("a", 1), order("b", 2)}), "1 updated, 1 unchanged");
  EXPECT_EQ(to.report.counters.local_edits, 0);
  EXPECT_EQ(to.sent({order("a", 1), order("b", 2)}), "");
}

TEST_P(DeletesTest, OfARowThatIsMadeAnewNothingIsRemembered) {
  run(postgres() ? "ALTER TABLE orders ADD gone boolean NOT NULL DEFAULT false" : "ALTER TABLE orders ADD gone BOOLEAN NOT NULL DEFAULT 0");
  softly("gone");
  enum class Way { StraightIn, Judged, Adopted };
  for (const Way way : {Way::StraightIn, Way::Judged, Way::Adopted}) {
    if (way == Way::Judged) adopt_by(*orders_, {"total"});
    another_run();
    Loader to = loader("orders");
    EXPECT_EQ(to.write({order("a", 1), order("b", 2)}), "2 inserted") << to.message;
    EXPECT_EQ(remove(to, {"a", "b"}), "2 deleted, 0 refused");
    run("DELETE FROM orders WHERE external_id = 'a'");
    if (way == Way::Adopted) run("INSERT INTO orders (total) VALUES (1)");
    EXPECT_EQ(to.write({order("a", 1)}), way == Way::Adopted ? "1 adopted" : "1 inserted") << to.message;
    EXPECT_EQ(all("SELECT key FROM " + own("sync_seen")), "b") << int(way);
    run(postgres() ? "UPDATE orders SET gone = true" : "UPDATE orders SET gone = 1");
    EXPECT_EQ(to.write({order("a", 1)}), "1 unchanged") << "its user has deleted it, not we";
    run("DELETE FROM orders");
    run("DELETE FROM " + own("sync_seen"));
    run("DELETE FROM " + own("sync_adopted"));
  }
}

TEST_P(DeletesTest, AColumnOfAnotherTypeMayMarkRowsFromNowOn) {
  softly();
  Loader before = loader("orders");
  before.write({order("a", 1), order("b", 2)});
  remove(before, {"a"});
  run(postgres() ? "ALTER TABLE orders ADD gone boolean NOT NULL DEFAULT false" : "ALTER TABLE orders ADD gone BOOLEAN NOT NULL DEFAULT 0");
  softly("gone");
  another_run();
  Loader after = loader("orders");
  EXPECT_EQ(after.write({order("a", 1), order("b", 2)}), "2 unchanged") << after.message;
  EXPECT_EQ(remove(after, {"b"}), "1 deleted, 0 refused");
  EXPECT_EQ(after.write({order("b", 2)}), "1 updated");
}

TEST_P(DeletesTest, ARecordThatCameBackWhileNothingWasDeletedIsStillUnmarked) {
  softly();
  Loader soft = loader("orders");
  soft.write({order("a", 1), order("b", 2)});
  remove(soft, {"a"});
  orders_->deletes = {};
  another_run();
  Loader ignoring = loader("orders");
  EXPECT_EQ(ignoring.write({order("a", 3), order("b", 2)}), "1 updated, 1 unchanged");
  softly();
  another_run();
  Loader soft_again = loader("orders");
  EXPECT_EQ(soft_again.write({order("a", 3), order("b", 2)}), "1 updated, 1 unchanged");
  EXPECT_EQ(orders(), "a|, b|");
}

// F9: a trigger that returns NULL
TEST_P(DeletesTest, ARowThatATriggerKeepsWithoutAWordBecomesAReject) {
  run(postgres() ? "CREATE FUNCTION keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.total = 2 THEN RETURN NULL; END IF; RETURN "
                   "OLD; END $$; CREATE TRIGGER keeps BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION keeps()"
                 : "CREATE TRIGGER keeps BEFORE DELETE ON orders WHEN OLD.total = 2 BEGIN SELECT RAISE(IGNORE); END");
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 2), order("c", 3)});
  EXPECT_EQ(remove(to, {"a", "b", "c"}), "2 deleted, 1 refused");
  EXPECT_EQ(orders(), "b|");
  EXPECT_EQ(all("SELECT stage, key, field, code FROM " + own("sync_reject")), "delete|b|external_id|row_kept");
}

TEST_P(DeletesTest, AMarkThatATriggerTakesAwayIsNotCounted) {
  run(postgres()
          ? "CREATE FUNCTION clears() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.total = 2 THEN NEW.deleted_at := NULL; END "
            "IF; RETURN NEW; END $$; CREATE TRIGGER clears BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION clears()"
          : "CREATE TRIGGER clears AFTER UPDATE ON orders WHEN NEW.total = 2 BEGIN UPDATE orders SET deleted_at = NULL WHERE id = "
            "NEW.id; END");
  softly();
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 2)});
  EXPECT_EQ(remove(to, {"a", "b"}), "1 deleted, 1 refused");
  EXPECT_EQ(orders(), "a|deleted, b|");
  EXPECT_EQ(all("SELECT key, field, code FROM " + own("sync_reject")), "b|deleted_at|row_kept");
  EXPECT_EQ(all("SELECT key FROM " + own("sync_seen")), "a");
}

TEST_P(DeletesTest, ARowThatGoesWithAnotherIsNotToldOf) {
  if (!postgres()) run("PRAGMA foreign_keys = ON");
  run("ALTER TABLE orders ADD part_of " + std::string(postgres() ? "bigint" : "INTEGER") + " REFERENCES orders (id) ON DELETE CASCADE");
  run("CREATE TABLE invoices (id " + counted() + ", order_id bigint REFERENCES orders (id))");
  Loader to = loader("orders");
  to.write({order("a", 1), order("b", 2), order("c", 3), order("d", 4)});
  run("UPDATE orders SET part_of = (SELECT id FROM orders WHERE external_id = 'a') WHERE external_id = 'c'; INSERT INTO invoices "
      "(order_id) "
      "SELECT id FROM orders WHERE external_id = 'b'");
  EXPECT_EQ(remove(to, {"a", "b", "c", "d"}), "2 deleted, 1 refused") << "c went when a did";
  EXPECT_EQ(orders(), "b|");
}

TEST_P(DeletesTest, AHolderWhoseLeaseIsLostDeletesNothing) {
  Loader to = loader("orders");
  to.write({order("a", 1)});
  run("UPDATE " + own("sync_lease") + " SET epoch = epoch + 1");
  EXPECT_NE(remove(to, {"a"}).find("has taken over"), std::string::npos);
  EXPECT_EQ(orders(), "a|");
}

TEST_P(DeletesTest, AChildWhoseParentWentIsJudgedAgainAndLinkedWhenItComesBack) {
  if (!postgres()) run("PRAGMA foreign_keys = ON");
  run("CREATE TABLE lines (id " + counted() +
      ", external_id text UNIQUE, name text, order_id bigint REFERENCES orders (id) ON DELETE SET NULL, synced_at " +
      (postgres() ? "timestamptz, sync_hash bigint, sync_xid xid)" : "TIMESTAMP)"));
  by_external_id(relation(entity("lines", {"name"}), "order_id", "orders"));
  const std::vector<std::vector<Cell>> line{{Cell::of("l"), Cell::of("a line"), Cell::of("a")}};
  Loader parents = loader("orders"), children = loader("lines");
  parents.write({order("a", 1)});
  children.write(line);
  EXPECT_EQ(remove(parents, {"a"}), "1 deleted, 0 refused");
  EXPECT_EQ(all("SELECT order_id FROM lines"), "NULL");
  EXPECT_EQ(children.sent(line), "0");
  EXPECT_EQ(children.write(line), "1 unchanged");
  parents.write({order("a", 1)});
  EXPECT_EQ(children.write(line), "1 updated");
  EXPECT_EQ(all("SELECT count(*) FROM lines JOIN orders ON orders.id = order_id"), "1");
}

TEST_P(DeletesTest, WithinARecordOnlyItsOwnRowsAreStrangers) {
  run("CREATE TABLE lines (id " + counted() + ", external_id text UNIQUE, order_id bigint, synced_at " +
      (postgres() ? "timestamptz)" : "TIMESTAMP)"));
  config::Entity& lines = entity("lines", {});
  by_external_id(relation(lines, "order_id", "orders"));
  lines.deletes.kind = config::Deletes::Kind::Hard;
  lines.deletes.within = "order_id";
  Loader parents = loader("orders"), to = loader("lines");
  parents.write({order("a", 1), order("b", 2), order("c", 3)});
  for (const auto& [line, of] : {std::pair("a1", "a"), std::pair("a2", "a"), std::pair("b1", "b"), std::pair("c1", "c")})
    to.write({{Cell::of(line), Cell::of(of)}});
  const std::vector<Cell> of_a{Cell::of("a1"), Cell::of("a3")};
  const std::vector<Family> families{{"a", of_a}, {"c", {}}};
  Strangers found;
  EXPECT_EQ(with_deletes(to, "lines",
                         [&](Deletes& deletes) {
                           auto strangers = deletes.strangers(families);
                           if (strangers) found = *strangers;
                           return strangers ? "" : strangers.error().message;
                         }),
            "");
  Keys gone = found.keys;
  std::sort(gone.begin(), gone.end());
  EXPECT_EQ(gone, (Keys{"a2", "c1"}));
  EXPECT_EQ((std::array{found.rows, found.records, found.losing, found.emptied}), (std::array<int64_t, 4>{3, 2, 2, 1}));
  EXPECT_EQ(remove(to, gone, "lines"), "2 deleted, 0 refused");
  EXPECT_EQ(all("SELECT external_id FROM lines ORDER BY 1"), "a1, b1");
}

TEST(ComparableKey, OneKeyIsOneTextWhoeverWritesIt) {
  using record::ColumnType;
  EXPECT_EQ(comparable_key("abc   ", ColumnType::Text), "abc");
  EXPECT_EQ(comparable_key("  ", ColumnType::Text), "");
  EXPECT_EQ(comparable_key("{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}", ColumnType::Uuid), "a0eebc999c0b4ef8bb6d6bb9bd380a11");
  EXPECT_EQ(comparable_key("42", ColumnType::Integer), "42");
}

}  // namespace
}  // namespace syncline::load
