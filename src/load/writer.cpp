// SPDX-License-Identifier: Apache-2.0
#include "load/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "load/commit_lookup.hpp"
#include "load/raced.hpp"

namespace syncline::load {
namespace {

using record::Cell;
using record::RowColumn;

/// Of those that fail for no fault of a row.
constexpr int AttemptsMax = 4;
/// Rows that are equal but not as we wrote them are compared as a whole each time; above this share of a batch it is worth marking them
/// again.
constexpr int64_t RestampAbovePercent = 5;
/// How long a batch that has been made waits with its locks for the one before, which may be waiting for them.
constexpr std::chrono::milliseconds GiveWayAfter{1'000};

/// The stage's columns are called c0, c1, …; a person knows the table's, and counts no rows of a stage.
base::Error of_the_table(base::Error error, const std::vector<record::Column>& stage, const std::vector<RowColumn>& columns) {
  const size_t first = stage.size() - columns.size();
  for (size_t i = 0; i < columns.size(); ++i) {
    if (error.subject != stage[first + i].name) continue;
    const size_t at = error.message.find(error.subject + ": ");
    if (at != std::string::npos) error.message = columns[i].column.name + error.message.substr(at + error.subject.size());
    error.subject = columns[i].column.name;
    return error;
  }
  return error;
}

/// Which of 62 columns are kept, from the k-th 62 on.
int64_t kept_bits(std::span<const Cell> cells, size_t k) {
  int64_t kept = 0;
  for (size_t c = k * Statements::KeptBits; c < std::min(cells.size(), (k + 1) * Statements::KeptBits); ++c) {
    if (cells[c].type == Cell::Type::Keep) kept |= int64_t{1} << (c % Statements::KeptBits);
  }
  return kept;
}

/// Whether a row of that verdict is in the table afterwards, as the record says.
bool lands(int64_t verdict, const config::Entity& entity) {
  return (verdict == verdict::New && entity.insert) || verdict == verdict::Changed || verdict == verdict::Unchanged ||
         verdict == verdict::Adopted;
}

}  // namespace

Writer::Writer(state::Store& store, const config::Entity& entity, Target target, state::Lease lease, Ending ending, base::Clock& clock)
    : store_(store),
      connection_(store.connection()),
      entity_(entity),
      target_(std::move(target)),
      lease_(std::move(lease)),
      ending_(ending),
      clock_(clock),
      statements_(target_, entity_, connection_.dialect(), ending == Ending::Commit ? Relations::Judge : Relations::TakeAsNull,
                  connection_.capabilities().session_tables ? Tables::Keep : Tables::Drop),
      undelete_(entity_, target_, store_, statements_.ready_table()),
      skip_(target_, Question(target_, entity_, connection_.dialect())),
      direct_rows_(target_, connection_.dialect()),
      waiting_(store_, entity_, target_),
      yields_(std::any_of(entity.fields.begin(), entity.fields.end(), [](const auto& field) { return field.taken_as_null; })),
      taken_(target_.columns.size()),
      memory_(store_, entity_, target_, statements_.adoption()) {
  // Who goes without a value that is taken is a matter of who lands at all.
  if (yields_) faults_met_ = FaultKinds::all();
}

base::Result<void> Writer::write(const Batch& batch, int64_t run, record::EntityReport& report, const std::stop_token& stop) {
  Isolation isolation = tests_ ? Isolation::Testing : Isolation::None;
  std::optional<Made> made;
  if (batch.before) made = TRY(await_turn(batch, make_beside(batch, isolation)));
  for (int failures = 0;;) {
    record::EntityReport after = report;
    const auto written = [&]() -> base::Result<void> {
      if (!made) TRY(make(batch, isolation, Turn::Ours, made.emplace()));
      return finish(batch, run, after, *made);
    }();
    made.reset();
    if (written) {
      if (batch.owed && after.transactions > report.transactions) *batch.owed = {};
      report = std::move(after);
      tell_taken(report);
      return {};
    }
    const base::Error& error = written.error();
    undo();
    // Whatever row was at fault: what is assumed to be new would be judged as new, too, in this batch and in later ones.
    if (sql::is_row_fault(error) || error.code == Raced) {
      skip_.assume_no_more();
      if (std::exchange(chosen_, {}).assumed) continue;
    }
    if (sql::is_row_fault(error) && isolation != Isolation::Halving) {
      const bool is_another = faults_met_.add(FaultKinds::of(error));
      isolation = isolation == Isolation::None || is_another ? Isolation::Testing : Isolation::Halving;
      tests_ = true;
      continue;
    }
    // What looks like a lost race for the second time is a row that a policy hides.
    if (error.code == Raced && target_.has_policies && failures > 0 && isolation != Isolation::Halving) {
      isolation = Isolation::Halving;
      continue;
    }
    // Before anything is given up: what has landed must be counted.
    const bool lost = sql::is_connection_lost(error);
    if (lost && TRY(ending_ == Ending::Commit ? was_committed(store_, clock_, run, report, stop) : connected_again(store_, clock_, stop))) {
      if (batch.owed) *batch.owed = {};
      report = std::move(after);
      tell_taken(report);
      return {};
    }
    if (!(lost || error.code == Raced || sql::may_pass_again(error)) || ++failures >= AttemptsMax) return base::fail(error);
    if (stop.stop_requested()) return base::fail(stopped_waiting());
  }
}

void Writer::undo() {
  connection_.rollback();
  tables_made_ = false;
}

base::Result<void> Writer::make(const Batch& batch, Isolation isolation, Turn turn, Made& made) {
  made = {batch.counters, batch.rejects};
  made.counters.rows += int64_t(batch.rows.size());
  chosen_ = {};
  payload_of_ = batch.payload_of;
  TRY(connection_.begin());
  if (batch.replay) TRY(batch.replay->take_out());
  if (batch.rows.size() == 0) return {};
  TRY(choose(batch.rows, isolation, made.counters));
  if (chosen_.nothing()) return {};
  // Whoever has lost its lease is to hold no locks. The batch before proves it, too: until that has ended the row is locked.
  if (ending_ == Ending::Commit && turn == Turn::Ours) {
    TRY(store_.prove_lease(lease_));
    made.proven = true;
  }
  return write_chosen(batch.rows, isolation, made.counters, made.rejects);
}

std::optional<Writer::Made> Writer::make_beside(const Batch& batch, Isolation isolation) {
  Made made;
  // Whatever is wrong is looked at again when the batch before can no longer be its reason.
  if (make(batch, isolation, Turn::NotYet, made) && !refused_beside_others_) return made;
  undo();
  return std::nullopt;
}

base::Result<std::optional<Writer::Made>> Writer::await_turn(const Batch& batch, std::optional<Made> made) {
  auto ended = batch.before(made ? std::optional(GiveWayAfter) : std::nullopt);
  if (ended && !*ended) {
    undo();
    made.reset();
    ended = batch.before(std::nullopt);
  }
  if (ended) return made;
  undo();
  return base::fail(std::move(ended).error());
}

base::Result<void> Writer::finish(const Batch& batch, int64_t run, record::EntityReport& report, Made& made) {
  auto& [counters, rejects, proven] = made;
  if (TRY(may_be_owed(batch, report.account))) {
    base::check(counters.ledger_holds(), "the ledger does not add up: nothing of this batch was counted");
    report.counters += counters;
    batch.owed->add(batch.checkpoint, int64_t(batch.rows.size()), clock_.steady());
    connection_.rollback();
    return {};
  }
  if (ending_ == Ending::Commit && !proven) TRY(store_.prove_lease(lease_));
  if (ending_ == Ending::Commit) TRY(waiting_.store_changes({batch.rows, batch.replay, run, report.account}, rejects, counters));
  base::check(counters.ledger_holds(), "the ledger does not add up: nothing of this batch was kept");
  report.counters += counters;
  if (ending_ == Ending::Rollback) {
    for (const record::Reject& reject : rejects) add(report.errors, reject);
    connection_.rollback();
    return {};
  }
  ++report.transactions;
  if (batch.replay && batch.replay->keep) {
    TRY(batch.replay->keep(rejects));
  } else {
    TRY(store_.add_rejects(run, entity_.name, report.account, rejects));
  }
  if (batch.checkpoint) {
    TRY(store_.write_checkpoint(*batch.checkpoint));
  } else if (batch.owed && batch.owed->checkpoint) {
    TRY(store_.write_checkpoint(*batch.owed->checkpoint));
  }
  TRY(store_.update_log(run, report));
  return connection_.commit();
}

base::Result<bool> Writer::may_be_owed(const Batch& batch, const std::string& account) {
  if (!batch.owed || ending_ == Ending::Rollback || batch.rows.size() == 0 || !batch.rejects.empty() || !chosen_.nothing()) return false;
  if (batch.owed->is_due(clock_.steady())) return false;
  return !TRY(waiting_.has_rows(account));
}

base::Result<void> Writer::choose(const record::RowBatch& rows, Isolation isolation, record::Counters& counters) {
  isolation_ = isolation;
  refused_.clear();
  refused_beside_others_ = false;
  suspects_.clear();
  let_go_.clear();
  taken_now_.assign(target_.columns.size(), 0);
  chosen_ = TRY(skip_.choose(connection_, rows));
  // What a new row gets here is said by the rows that are there.
  if (yields_ || !target_.numbers.empty()) judge_too(chosen_.fresh);
  // Known and judged rows are locked in one order, or two writers could wait for each other.
  if (!chosen_.known.empty() && (isolation != Isolation::None || yields_ || ending_ == Ending::Rollback || !chosen_.judged.empty() ||
                                 !direct_rows_.fits(rows, chosen_.known)))
    judge_too(chosen_.known);
  counters.unchanged += int64_t(rows.size() - chosen_.sent());
  return {};
}

base::Result<void> Writer::write_chosen(const record::RowBatch& rows, Isolation isolation, record::Counters& counters,
                                        std::vector<record::Reject>& rejects) {
  const size_t sent = chosen_.sent();
  const bool all_go_straight_in = isolation == Isolation::None && sent == chosen_.fresh.size() && direct_rows_.fits(rows, chosen_.fresh);
  if (!all_go_straight_in) TRY(make_tables());
  if (isolation == Isolation::None) {
    if (!chosen_.fresh.empty()) TRY(insert_fresh(rows, counters));
    if (!chosen_.known.empty()) TRY(update_known(rows, counters));
    return chosen_.judged.empty() ? base::Result<void>() : write_rows(rows, chosen_.judged, Stamping::Stamp, counters, rejects);
  }
  // Of rows that are there a new one may get a value that must be let go of first: all are tested together.
  if (isolation == Isolation::Testing && chosen_.judged.empty() && direct_rows_.fits(rows, chosen_.fresh)) {
    TRY(insert_tested(rows, counters));
  } else {
    judge_too(chosen_.fresh);
  }
  return write_tested(rows, take_out_misfits(rows, chosen_.judged), counters, rejects);
}

base::Result<void> Writer::make_tables() {
  staged_in_transaction_ = false;
  const bool kept = connection_.dialect() == sql::Dialect::Postgres && connection_.capabilities().session_tables;
  if (tables_made_) return {};
  TRY(connection_.execute(statements_.create()));
  tables_made_ = kept && ending_ == Ending::Commit;
  return {};
}

/// Rows that are in the table by neither their external id nor a natural key.
void Writer::count_new(int64_t rows, record::Counters& counters) const {
  (entity_.insert ? counters.inserted : counters.unmatched) += rows;
}

base::Result<void> Writer::write_rows(const record::RowBatch& rows, Range range, Stamping stamping, record::Counters& counters,
                                      std::vector<record::Reject>& rejects) {
  let_go_.clear();
  TRY(stage(rows, range));
  TRY(make_ready(rows, range));
  if (statements_.adoption().wanted()) TRY(judge_adoption());
  const Returning back = TRY(undelete_.find(undelete_mode()));
  const Unmarking unmarking = back.rows > 0 ? Unmarking::Some : Unmarking::None;
  if (isolation_ == Isolation::Testing) {
    TRY(test(rows));
  } else if (yields_) {
    TRY(go_without_taken());
  }
  const record::Counters before = counters;
  TRY(count_verdicts(rows, counters, rejects));
  const int64_t changed = counters.updated - before.updated, added = counters.inserted - before.inserted;
  const int64_t adopted = counters.adopted - before.adopted;
  counters.stale -= back.stale;
  counters.updated += back.stale;
  if (ending_ == Ending::Rollback) return {};
  const bool restamps = stamping == Stamping::Stamp && is_worth_restamping(rows);
  if (changed > 0) {
    if (const std::string lock = statements_.lock(); !lock.empty()) TRY(connection_.query(lock));
  }
  if (adopted > 0) {
    const int64_t free = TRY(connection_.query(statements_.adoption().lock_free())).integer(0, 0);
    if (free != adopted) return base::fail(raced("adopting", adopted, free));
  }
  for (const std::string& statement : let_go_) TRY(connection_.change(statement));
  let_go_.clear();
  if (changed > 0) {
    const int64_t updated = TRY(connection_.change(statements_.update(keeps_, stamping, unmarking)));
    if (updated != changed) return base::fail(raced("updating", changed, updated));
  }
  if (adopted > 0) {
    const int64_t written = TRY(connection_.change(statements_.adopt(keeps_, stamping, unmarking)));
    if (written != adopted) return base::fail(raced("adopting", adopted, written));
    TRY(memory_.remember());
  }
  if (back.stale > 0) TRY(undelete_.unmark_stale());
  if (restamps) counters.restamped += TRY(connection_.change(statements_.restamp()));
  if (added > 0) {
    for (const std::string& lock : parent_locks(target_, connection_.dialect(), statements_.ready_table())) TRY(connection_.query(lock));
    const int64_t inserted = TRY(connection_.change(statements_.insert(keeps_, stamping)));
    if (inserted != added) return base::fail(raced("inserting", added, inserted));
  }
  TRY(undelete_.forget());
  if (const std::string usual = statements_.plan_as_usual(); !usual.empty()) TRY(connection_.execute(usual));
  return {};
}

base::Result<void> Writer::clear_staged() {
  // PostgreSQL's are empty when a transaction begins.
  if (staged_in_transaction_ || connection_.dialect() == sql::Dialect::Sqlite) TRY(connection_.execute(statements_.clear()));
  staged_in_transaction_ = true;
  return {};
}

bool Writer::is_worth_restamping(const record::RowBatch& rows) const {
  return restampable_ > int64_t(rows.size()) * RestampAbovePercent / 100;
}

base::Result<void> Writer::stage(const record::RowBatch& rows, Range range) {
  TRY(clear_staged());
  keeps_ = std::any_of(range.begin(), range.end(), [&](uint32_t i) {
    const auto cells = rows.row(i);
    return std::any_of(cells.begin(), cells.end(), [](const Cell& cell) { return cell.type == Cell::Type::Keep; });
  });
  const std::vector<record::Column>& columns = keeps_ ? statements_.stage_columns() : statements_.stage_columns_without_kept();
  const auto make = [&](size_t row, std::vector<Cell>& out) {
    const uint32_t i = range[row];
    const auto cells = rows.row(i);
    out.push_back(Cell::of(int64_t(i)));
    for (size_t k = 0; keeps_ && k < statements_.kept_columns(); ++k) out.push_back(Cell::of(kept_bits(cells, k)));
    if (target_.stamp_seed) out.push_back(Cell::of(chosen_.hashes[i]));
    out.insert(out.end(), cells.begin(), cells.end());
  };
  auto staged = connection_.insert_many(statements_.stage_table(), columns, range.size(), make);
  if (!staged) return base::fail(of_the_table(std::move(staged).error(), columns, target_.columns));
  return {};
}

base::Result<void> Writer::make_ready(const record::RowBatch& rows, Range range) {
  std::vector<std::vector<bool>> ways_used;
  for (const Parent& parent : target_.parents) ways_used.emplace_back(parent.ways.size(), false);
  for (size_t c = 0; c < target_.columns.size(); ++c) {
    const RowColumn& column = target_.columns[c];
    if (column.role != RowColumn::Role::RelationKey) continue;
    ways_used[column.relation][column.way] =
        std::any_of(range.begin(), range.end(), [&](uint32_t row) { return rows.row(row)[c].has_value(); });
  }
  for (size_t relation = 0; relation < ways_used.size(); ++relation) {
    for (size_t way = 0; way < ways_used[relation].size(); ++way) {
      if (ways_used[relation][way] && target_.parents[relation].ways[way].kind != config::RelationWay::Kind::External)
        TRY(connection_.change(statements_.find(relation, way)));
    }
  }
  if (const std::string small = statements_.plan_for_small_batch(); !small.empty()) TRY(connection_.execute(small));
  TRY(connection_.change(statements_.make_ready(ways_used, keeps_)));
  return {};
}

base::Result<void> Writer::count_verdicts(const record::RowBatch& rows, record::Counters& counters, std::vector<record::Reject>& rejects) {
  const sql::Rows tally = TRY(connection_.query(statements_.tally()));
  bool failed = false, unclear = false, waits = false;
  restampable_ = 0;
  for (size_t i = 0; i < tally.size(); ++i) {
    const int64_t count = tally.integer(i, 1);
    // In a dry run this run's own parents never land.
    if (lands(tally.integer(i, 0), entity_) && ending_ == Ending::Commit) counters.unlinked += tally.integer(i, 4);
    switch (tally.integer(i, 0)) {
      case verdict::New:
        count_new(count, counters);
        break;
      case verdict::Changed:
        counters.updated += count;
        counters.local_edits += tally.integer(i, 2);
        break;
      case verdict::Unchanged:
        counters.unchanged += count;
        restampable_ += tally.integer(i, 3);
        break;
      case verdict::Stale:
        counters.stale += count;
        break;
      case verdict::Duplicate:
        counters.duplicate += count;
        break;
      case verdict::Adopted:
        counters.adopted += count;
        break;
      case verdict::Refused:
        break;
      case verdict::Unclear:
        counters.rejected += count;
        unclear = true;
        break;
      default:
        waits = waits || tally.integer(i, 0) >= verdict::FirstWaiting;
        failed = failed || tally.integer(i, 0) < verdict::FirstWaiting;
        (tally.integer(i, 0) >= verdict::FirstWaiting ? counters.waiting : counters.rejected) += count;
    }
  }
  if (waits || !statements_.open_links().empty()) TRY(set_aside(rows, rejects));
  if (unclear) {
    for (UnclearRow& row : TRY(unclear_rows(rows))) rejects.push_back(std::move(row.reject));
  }
  if (!failed) return {};
  const sql::Rows bad = TRY(connection_.query(statements_.failed_relations()));
  for (size_t i = 0; i < bad.size(); ++i) {
    const int64_t number = bad.integer(i, 1) - verdict::FirstRelation;
    rejects.push_back(failed_relation(rows, size_t(bad.integer(i, 0)), size_t(number / 2), number % 2 == 1));
  }
  return {};
}

}  // namespace syncline::load
