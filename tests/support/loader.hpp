// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <initializer_list>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "config/project.hpp"
#include "load/skip.hpp"
#include "load/writer.hpp"
#include "state/store.hpp"
#include "support/on_both_databases.hpp"

namespace syncline::load::test_support {

using record::Cell;

/// What a write ended with, in words: "2 inserted, 1 stale", or "Busy lease_lost".
inline std::string in_words(const base::Result<void>& result, const record::Counters& counters) {
  if (!result) return std::string(base::name_of(result.error().kind)) + " " + result.error().code;
  std::string out;
  for (const auto& [name, count] : std::initializer_list<std::pair<const char*, int64_t>>{{"inserted", counters.inserted},
                                                                                          {"updated", counters.updated},
                                                                                          {"unchanged", counters.unchanged},
                                                                                          {"adopted", counters.adopted},
                                                                                          {"unmatched", counters.unmatched},
                                                                                          {"stale", counters.stale},
                                                                                          {"duplicate", counters.duplicate},
                                                                                          {"rejected", counters.rejected},
                                                                                          {"waiting", counters.waiting}}) {
    if (count != 0) out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + name;
  }
  return out;
}

/// One entity on one connection, as a run would have it: lease taken, log begun, target bound.
class Loader {
 public:
  Loader(sql::Connection& connection, const config::Project& project, const std::string& entity, Ending ending = Ending::Commit)
      : Loader(connection, project, *project.entity(entity), ending) {}
  /// One account's entity of several that have one name.
  Loader(sql::Connection& connection, const config::Project& project, const config::Entity& entity, Ending ending = Ending::Commit)
      : store_(connection, ""), project_(project), entity_(entity) {
    const auto run = store_.next_run();
    if (!run) ADD_FAILURE() << run.error().message;
    run_ = *run;
    report.entity = entity_.name;
    report.account = entity_.account;
    report.stream = entity_.stream;
    auto lease = store_.take_lease(entity_.name + "@" + std::to_string(run_), run_);
    if (!lease) ADD_FAILURE() << lease.error().message;
    lease_ = *lease;
    if (const auto begun = store_.begin_log(run_, report); !begun) ADD_FAILURE() << begun.error().message;
    writer_ = std::make_unique<Writer>(store_, entity_, bound(connection), lease_, ending, clock_);
  }

  /// Writes rows of cells in the order of the entity: key, version, fields, a key per way of each relation.
  std::string write(const std::vector<std::vector<Cell>>& rows, const std::vector<record::Reject>& rejects = {},
                    const Replay* replay = nullptr) {
    const record::RowBatch batch = batch_of(rows);
    record::Counters counters;
    counters.fetched = counters.mapped = int64_t(rows.size() + rejects.size());
    counters.rows = counters.rejected = int64_t(rejects.size());
    state::Checkpoint checkpoint{entity_.name, entity_.account, entity_.stream, "cursor " + std::to_string(++batches_), true, {}};
    const record::Counters before = report.counters;
    const auto written = writer_->write({batch, rejects, counters, checkpoint, {}, replay, owed, before_ours}, run_, report, {});
    message = written ? "" : written.error().message;
    EXPECT_TRUE(report.counters.ledger_holds());
    record::Counters now = report.counters;
    for (auto counter : {&record::Counters::inserted, &record::Counters::updated, &record::Counters::unchanged, &record::Counters::adopted,
                         &record::Counters::unmatched, &record::Counters::stale, &record::Counters::duplicate, &record::Counters::rejected,
                         &record::Counters::waiting})
      now.*counter -= before.*counter;
    return in_words(written, now);
  }

  /// Which of these rows a writer would send: indexes, joined by blanks.
  std::string sent(const std::vector<std::vector<Cell>>& rows) {
    const Target target = bound(store_.connection());
    Skip skip(target, Question(target, entity_, store_.connection().dialect()));
    const auto chosen = skip.choose(store_.connection(), batch_of(rows));
    if (!chosen) return chosen.error().message;
    std::vector<uint32_t> rows_sent = chosen->judged;
    for (const auto* more : {&chosen->fresh, &chosen->known}) rows_sent.insert(rows_sent.end(), more->begin(), more->end());
    std::sort(rows_sent.begin(), rows_sent.end());
    std::string out;
    for (const uint32_t row : rows_sent) out += (out.empty() ? "" : " ") + std::to_string(row);
    return out;
  }

  /// What a stamp would hash beside the row: equal for whom it says the same.
  std::optional<uint64_t> stamp_seed() { return bound(store_.connection()).stamp_seed; }

  [[nodiscard]] int64_t run() const { return run_; }
  [[nodiscard]] const state::Lease& lease() const { return lease_; }
  [[nodiscard]] const Target& target() const { return writer_->target(); }
  record::EntityReport report;
  std::string message;                       ///< of the last write's error
  Owed* owed = nullptr;                      ///< of the batches that are written
  decltype(Batch::before) before_ours = {};  ///< the same

 private:
  record::RowBatch batch_of(const std::vector<std::vector<Cell>>& rows) {
    record::RowBatch batch;
    for (size_t row = 0; row < rows.size(); ++row) {
      batch.columns = rows[row].size();
      batch.cells.insert(batch.cells.end(), rows[row].begin(), rows[row].end());
      batch.sources.push_back(sources_.emplace_back("{\"row\":" + std::to_string(row) + "}"));
    }
    return batch;
  }

  Target bound(sql::Connection& connection) {
    const auto table = connection.describe(entity_.table);
    if (!table || !*table) {
      ADD_FAILURE() << "no table " << to_string(entity_.table);
      return {};
    }
    std::vector<record::RowColumn> columns{{record::RowColumn::Role::Key, *(*table)->column(entity_.key.column)}};
    if (entity_.version) columns.push_back({record::RowColumn::Role::Version, *(*table)->column(entity_.version->column)});
    for (const auto& field : entity_.fields) columns.push_back({record::RowColumn::Role::Field, *(*table)->column(field.column)});
    for (size_t relation = 0; relation < entity_.relations.size(); ++relation) {
      for (size_t way = 0; way < entity_.relations[relation].by.size(); ++way)
        columns.push_back({record::RowColumn::Role::RelationKey, {}, relation, way});
    }
    auto target = bind_target(connection, project_, entity_, **table, std::move(columns));
    if (!target) ADD_FAILURE() << target.error().message;
    return target ? *std::move(target) : Target{};
  }

  state::Store store_;
  const config::Project& project_;
  const config::Entity& entity_;
  state::Lease lease_;
  int64_t run_ = 0;
  int batches_ = 0;
  base::SystemClock clock_;
  std::deque<std::string> sources_;
  std::unique_ptr<Writer> writer_;
};

/// Databases that have our own tables, and a project that grows by entity().
class LoadTest : public test::OnBothDatabases {
 protected:
  void SetUp() override {
    OnBothDatabases::SetUp();
    if (!connection_) return;
    if (postgres()) run("CREATE SCHEMA syncline");
    for (const state::OwnTable& table : state::own_tables()) run(state::create_statement(table, names()));
    project_.entities.reserve(8);  // loaders borrow them
  }

  [[nodiscard]] state::TableNames names() const { return {GetParam(), ""}; }
  /// One of our own tables.
  [[nodiscard]] std::string own(std::string_view table) const { return names()(table); }

  /// An entity whose key column is `external_id`.
  config::Entity& entity(const std::string& name, const std::vector<std::string>& fields, const std::string& version = "") {
    config::Entity& made = project_.entities.emplace_back();
    made.name = name;
    made.table = {"", name};
    made.account = "main";
    made.stream = name;
    made.key.column = "external_id";
    if (!version.empty()) made.version = config::Entity::Version{version, {}, {}};
    for (const std::string& field : fields) made.fields.emplace_back().column = field;
    return made;
  }

  static config::Relation& relation(config::Entity& of, const std::string& column, const std::string& to) {
    config::Relation& made = of.relations.emplace_back();
    made.column = column;
    made.entity = to;
    return made;
  }
  static void by_external_id(config::Relation& relation) { relation.by.emplace_back(); }
  static void by_column(config::Relation& relation, const std::string& column) {
    config::RelationWay& way = relation.by.emplace_back();
    way.kind = config::RelationWay::Kind::Column;
    way.column = column;
  }

  static void adopt_by(config::Entity& entity, const std::vector<std::string>& columns) { entity.adopt.emplace_back().columns = columns; }

  Loader loader(const std::string& entity, Ending ending = Ending::Commit) { return Loader(db(), project_, entity, ending); }

  /// stage|key|field|code|payload of every stored reject.
  std::string rejects() { return all("SELECT stage, key, field, code, payload FROM " + own("sync_reject") + " ORDER BY id"); }

  /// PostgreSQL: waits until as many sessions of this database wait for a lock; false after twenty seconds.
  bool wait_for_waiting_sessions(int64_t count) {
    return wait_for("SELECT count(*) = " + std::to_string(count) +
                    " FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
  }
  bool wait_for(const std::string& question) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (all(question) != "t") {
      if (std::chrono::steady_clock::now() > deadline) return false;
    }
    return true;
  }

  /// Once every other session is closed: a session counts its deadlocks when it ends at the latest.
  void expect_no_deadlocks() {
    ASSERT_TRUE(wait_for("SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database()"));
    EXPECT_EQ(all("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"), "0");
  }

  /// PostgreSQL: writes rows while another session has done something and not committed it yet: that one commits when the writer waits for
  /// it.
  std::string write_against(const std::string& entity, const std::string& their_change, const std::vector<std::vector<Cell>>& rows) {
    const auto theirs = open(), ours = open();
    Loader to(*ours, project_, entity);
    EXPECT_TRUE(theirs->begin());
    run(*theirs, their_change);
    std::string result;
    std::thread writer([&] { result = to.write(rows); });
    EXPECT_TRUE(wait_for_waiting_sessions(1)) << "the writer did not wait";
    EXPECT_TRUE(theirs->commit());
    writer.join();
    return result.empty() ? to.message : result;
  }

  config::Project project_;
};

inline Cell at(int64_t seconds) { return {Cell::Type::Timestamp, seconds * 1'000'000, {}}; }
inline Cell integer(int64_t value) { return Cell::of(value); }

}  // namespace syncline::load::test_support
