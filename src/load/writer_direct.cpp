// SPDX-License-Identifier: Apache-2.0
// Rows of which the question has told everything: new ones, and those that are there with all of their parents.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "load/raced.hpp"
#include "load/writer.hpp"

namespace syncline::load {

void Writer::judge_too(std::vector<uint32_t>& rows) {
  const auto middle = ptrdiff_t(chosen_.judged.size());
  std::sort(rows.begin(), rows.end());
  chosen_.judged.insert(chosen_.judged.end(), rows.begin(), rows.end());
  std::inplace_merge(chosen_.judged.begin(), chosen_.judged.begin() + middle, chosen_.judged.end());
  rows.clear();
}

/// Nothing is there to be compared with.
base::Result<void> Writer::insert_fresh(const record::RowBatch& rows, record::Counters& counters) {
  const auto fresh = int64_t(chosen_.fresh.size());
  count_new(fresh, counters);
  if (!entity_.insert) return {};
  if (ending_ == Ending::Rollback) return {};
  const bool direct = direct_rows_.fits(rows, chosen_.fresh);
  const int64_t inserted = direct ? TRY(direct_rows_.insert(connection_, rows, chosen_)) : TRY(insert_staged(rows));
  if (inserted != fresh) return base::fail(raced("inserting", fresh, inserted));
  return undelete_.forget(rows, chosen_.fresh);
}

/// A fault was met in this run: of new rows what constraints speak of is tested, and those that pass go their usual way.
base::Result<void> Writer::insert_tested(const record::RowBatch& rows, record::Counters& counters) {
  chosen_.fresh = take_out_misfits(rows, chosen_.fresh);
  if (!faults_met_.any_constraint()) return chosen_.fresh.empty() ? base::Result<void>() : insert_fresh(rows, counters);
  TRY(make_filter());
  TRY(prepare(rows, chosen_.fresh, verdict::New, [&](const std::string& column) { return filter_->looks_at(column, faults_met_); }));
  const size_t known_before = refused_.size();
  TRY(test(rows));
  std::vector<uint32_t> out = suspects_;
  for (size_t i = known_before; i < refused_.size(); ++i) out.push_back(refused_[i].first);
  std::sort(out.begin(), out.end());
  std::erase_if(chosen_.fresh, [&](uint32_t row) { return std::binary_search(out.begin(), out.end(), row); });
  if (const std::string usual = statements_.plan_as_usual(); !usual.empty()) TRY(connection_.execute(usual));
  return chosen_.fresh.empty() ? base::Result<void>() : insert_fresh(rows, counters);
}

base::Result<int64_t> Writer::insert_staged(const record::RowBatch& rows) {
  TRY(stage(rows, chosen_.fresh));
  if (const std::string small = statements_.plan_for_small_batch(); !small.empty()) TRY(connection_.execute(small));
  const int64_t inserted = TRY(connection_.change(statements_.insert_staged(keeps_)));
  if (const std::string usual = statements_.plan_as_usual(); !usual.empty()) TRY(connection_.execute(usual));
  return inserted;
}

/// Most known rows differ: they are written as if all did, and looked at once more only where some did not.
base::Result<void> Writer::update_known(const record::RowBatch& rows, record::Counters& counters) {
  TRY(prepare(rows, chosen_.known, verdict::Changed));
  TRY(undelete_.bring_back(Undelete::Mode::Write, counters));
  const auto known = int64_t(chosen_.known.size());
  const sql::Rows done = TRY(connection_.query(statements_.update_known(), std::array{record::Cell::of(known)}));
  counters.updated += done.integer(0, 0);
  counters.local_edits += done.integer(0, 1);
  if (done.integer(0, 0) < known) {
    if (done.at(0, 2)) TRY(connection_.change(statements_.forget_updated(), std::array{record::Cell::of(done.text(0, 2))}));
    TRY(connection_.change(statements_.judge_known()));
    record::Counters left;
    std::vector<record::Reject> none;
    TRY(count_verdicts(rows, left, none));
    if (left.updated > 0) return base::fail(raced("updating", left.updated, 0));
    counters.unchanged += left.unchanged;
    counters.stale += left.stale;
    if (is_worth_restamping(rows)) counters.restamped += TRY(connection_.change(statements_.restamp()));
  }
  if (const std::string usual = statements_.plan_as_usual(); !usual.empty()) TRY(connection_.execute(usual));
  return {};
}

/// Rows that need no judgement, or another one than staged rows.
base::Result<void> Writer::prepare(const record::RowBatch& rows, Range range, int64_t verdict, const DirectRows::Wanted& wanted) {
  TRY(clear_staged());
  keeps_ = false;
  if (const std::string small = statements_.plan_for_small_batch(); !small.empty()) TRY(connection_.execute(small));
  return direct_rows_.prepare(connection_, statements_.ready_table(), rows, chosen_, range, verdict, wanted);
}

}  // namespace syncline::load
