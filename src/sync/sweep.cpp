// SPDX-License-Identifier: Apache-2.0
#include "sync/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/sorted.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace syncline::sync {
namespace {

/// The source's machines have a clock each, and its `Date` is told in whole seconds.
constexpr std::chrono::minutes ClocksDiffer{1};

}  // namespace

SweepProgress::SweepProgress(const config::Stream& stream, const base::Zone& zone, const WindowPlan& plan, state::Checkpoint before,
                             int64_t run, DistinctKeys* all_passes)
    : stream_(stream),
      zone_(zone),
      key_(stream.key),
      cursor_(stream.incremental ? stream.incremental->field : ""),
      moves_cursor_(plan.moves_cursor),
      run_(run),
      checkpoint_(std::move(before)),
      all_passes_(all_passes) {
  if (!plan.resumes) checkpoint_.sweep = state::Sweep{run, bound_text(plan.window.from), bound_text(plan.window.to), "", -1, "", 0, "", ""};
  const state::Sweep& sweep = *checkpoint_.sweep;
  read_before_ = sweep.read;
  if (sweep.declared >= 0) declared_ = sweep.declared;
  if (const auto newest = instant_of_cursor(sweep.cursor, zone_)) newest_ = *newest;
}

void SweepProgress::begin_again() {
  state::Sweep& sweep = *checkpoint_.sweep;
  sweep = {run_, sweep.window_start, sweep.window_end, "", -1, "", 0, "", ""};
  read_before_ = 0;
  declared_.reset();
  declared_changed_ = false;
  end_seen_ = false;
  newest_ = {};
  ahead_ = 0;
  keys_ = {};
  page_before_.clear();
  repeats_ = false;
}

void SweepProgress::add(const extract::Page& page, base::Timestamp source_now) {
  // The reader starts over when it finds that the list has shifted since the last run.
  if (page.after.read < checkpoint_.sweep->read + int64_t(page.records.fetched())) begin_again();
  if (page.declared && declared_ && *page.declared != *declared_) declared_changed_ = true;
  if (page.declared && !declared_) declared_ = page.declared;
  end_seen_ = page.last;
  std::vector<uint64_t> keys;
  const auto add_key = [&](std::string_view key) {
    if (all_passes_) all_passes_->add(key);
    keys.push_back(keys_.add(key));
  };
  for (const record::Record& record : page.records.records) {
    const record::Value key = key_.of(record.fields);
    add_key(key.text().empty() ? record.source : key.text());
    if (!cursor_.empty()) add_cursor(record, source_now);
  }
  for (const record::Undecodable& item : page.records.undecodable) add_key(item.source);
  look_for_repeats(std::move(keys));
  state::Sweep& sweep = *checkpoint_.sweep;
  sweep.declared = declared_.value_or(-1);
  sweep.next = page.after.next;
  sweep.read = page.after.read;
  sweep.last = page.after.last;
  sweep.last_page = page.after.last_page;
}

/// A row that is added before what has been read pushes the last one onto the next page.
void SweepProgress::look_for_repeats(std::vector<uint64_t> page) {
  std::sort(page.begin(), page.end());
  const bool within = std::adjacent_find(page.begin(), page.end()) != page.end();
  repeats_ = repeats_ || within || base::have_common(page, page_before_);
  page_before_ = std::move(page);
}

state::Checkpoint SweepProgress::checkpoint() const {
  state::Checkpoint out = checkpoint_;
  // Without a count, the end that the source marks is what proves a sweep, and a record that comes twice takes nothing from it.
  if (repeats_ && declared_) out.sweep.reset();
  return out;
}

void SweepProgress::add_cursor(const record::Record& record, base::Timestamp source_now) {
  const record::Value value = cursor_.of(record.fields);
  const auto instant = instant_of_cursor(value.text(), zone_);
  if (!instant) return;
  if (*instant > source_now + ClocksDiffer) {
    ++ahead_;
    return;
  }
  if (*instant <= newest_) return;
  newest_ = *instant;
  checkpoint_.sweep->cursor = value.text();
}

std::string SweepProgress::unequal(int64_t distinct) const {
  std::string out = fmt::format("the source declared {} records and {} different ones came", base::with_thousands(*declared_),
                                base::with_thousands(distinct));
  const int64_t twice = checkpoint_.sweep->read - distinct;
  if (distinct > *declared_ || twice <= 0) return out;
  return out +
         fmt::format(
             ", as {} came twice: the list moved while it was read (if it does so each time, let the stream ask for an order that new "
             "records come last in)",
             base::with_thousands(twice));
}

base::Result<SweepProgress::End> SweepProgress::end() {
  End out{checkpoint_, true, "", ahead_};
  const int64_t distinct = read_before_ + TRY(keys_.count());
  if (declared_ && distinct != *declared_) {
    out.complete = false;
    out.missing = unequal(distinct);
  } else if (declared_changed_) {
    out.complete = false;
    out.missing = "the source's count changed while it was read";
  } else if (!declared_ && !end_seen_) {
    out.complete = false;
    out.missing = "the source neither declared a count nor marked the end";
  } else if (distinct == 0 && !stream_.empty_is_complete) {
    out.complete = false;
    out.missing = "the list was empty, which the connector says it never is";
  }
  if (out.complete) {
    const std::string& cursor = checkpoint_.sweep->cursor;
    if (moves_cursor_ && !cursor.empty()) out.checkpoint.cursor = cursor;
    out.checkpoint.completed = out.checkpoint.completed || moves_cursor_;
    out.checkpoint.completes = moves_cursor_;
  }
  // Complete or not, the next run begins a sweep of its own.
  out.checkpoint.sweep.reset();
  return out;
}

}  // namespace syncline::sync
