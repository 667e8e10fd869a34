// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/transfer.hpp"

#include <fmt/format.h>

#include <numeric>

#include "base/text.hpp"
#include "config/place.hpp"
#include "load/beside.hpp"
#include "load/vanished_fields.hpp"
#include "sync/entity/read_again.hpp"

namespace syncline::sync {
namespace {

using std::chrono::milliseconds;

/// How long the writer waits for a page before it renews its lease.
constexpr milliseconds Heartbeat{10'000};
/// Below this many rows, a bad half proves nothing.
constexpr int64_t RejectGuardRows = 200;
/// A group of so many rows came quickly.
constexpr size_t LargeGroupRows = 1'000;
/// In so many records a name that is right would have come up.
constexpr int64_t RecordsThatProveAName = 20;

}  // namespace

Transfer::Transfer(const EntityTask& task, const config::Stream& stream, Binding binding, state::Lease lease, state::Checkpoint before,
                   RunDeletes& deletes, RunningReport& report)
    : task_(task),
      stream_(stream),
      lease_(std::move(lease)),
      before_(std::move(before)),
      deletes_(deletes),
      report_(report),
      mapping_(std::move(binding.mapping)),
      writer_(task.store, task.entity, std::move(binding.target), lease_, task.commits() ? load::Ending::Commit : load::Ending::Rollback,
              task.worlds.clock),
      page_payloads_(extract::make_stored_records(stream)),
      unfound_(mapping_->sources().size()),
      first_lane_(task, stream, writer_) {
  lease_kept_ = task.worlds.clock.steady();
  std::iota(unfound_.begin(), unfound_.end(), 0);
}

/// Every way out of `pass` but an exception has ended the lanes.
Transfer::~Transfer() {
  for (const WriteLane* lane : lanes_) {
    if (lane) lane->wait();
  }
}

base::Result<void> Transfer::pass(const WindowPlan& plan, SweepProgress& sweep) {
  auto passed = read_and_write(plan, sweep);
  // What the lanes have is counted, whatever else became of the pass.
  auto ended = end_lanes();
  return passed ? ended : passed;
}

base::Result<void> Transfer::read_and_write(const WindowPlan& plan, SweepProgress& sweep) {
  Fetcher fetcher(
      task_.source, stream_, read_options(plan, sweep), task_.worlds.stop,
      [&](extract::Page page) { return prepared(std::move(page), sweep); },
      [this](std::string_view reason, milliseconds duration) { report_.tell_wait(reason, duration); });
  PageGroup group(task_.entity.batch_rows);
  while (true) {
    auto popped = fetcher.pages().pop(group.empty() && !is_behind() ? Heartbeat : GroupAgeMax);
    if (Fetched* fetched = std::get_if<Fetched>(&popped)) {
      TRY(take(*fetched, group));
    } else if (std::holds_alternative<base::BoundedQueue<Fetched>::TimedOut>(popped)) {
      TRY(write_what_ages(group));
    } else {
      break;
    }
  }
  const base::Result<void>& outcome = fetcher.pages().outcome();
  report_.set_traffic(task_.source.client->traffic(), task_.source.authenticator->method());
  // What has been fetched lands, whatever comes next; the checkpoint says where to go on.
  if (!group.empty()) TRY(write(group));
  TRY(settle());
  TRY(look_at_rejects());
  if (!outcome) return base::fail(outcome.error());
  return {};
}

/// No page has come for a while.
base::Result<void> Transfer::write_what_ages(PageGroup& group) {
  if (!group.empty() && group.ages()) return write(group);
  return is_behind() ? settle() : keep_lease();
}

/// Whether groups that have been given to a lane are not stored yet.
bool Transfer::is_behind() const {
  const WriteLane* const last = lanes_[1 - next_lane_];
  return (last && last->has_group()) || owed_.any();
}

/// Stores what is owed, in a transaction of its own.
base::Result<void> Transfer::settle() {
  TRY(end_lanes());
  return owed_.any() ? write_checkpoint(owed_.checkpoint) : base::Result<void>();
}

extract::ReadOptions Transfer::read_options(const WindowPlan& plan, const SweepProgress& sweep) const {
  extract::ReadOptions out{plan.window, {}};
  if (!plan.resumes) return out;
  const state::Sweep at = sweep.checkpoint().sweep.value();
  out.resume = extract::Position{at.next, at.read, at.last_page, at.last};
  return out;
}

/// On the read thread, which has `sweep`, `unfound_` and `repeated_` to itself until it has ended.
Fetched Transfer::prepared(extract::Page page, SweepProgress& sweep) {
  sweep.add(page, task_.worlds.clock.now() + task_.source.client->clock_skew());
  if (repeated_.objects == 0) repeated_.first = std::move(page.repeated.first);
  repeated_.objects += page.repeated.objects;
  Fetched out;
  out.checkpoint = sweep.checkpoint();
  out.declared = sweep.declared();
  out.records = std::move(page.records);
  mapping_->strike_found(out.records, unfound_);
  out.rows.cells.reserve(out.records.records.size() * mapping_->columns().size());
  mapping_->map(out.records, out.rows, out.rejects, out.counters);
  for (record::Reject& reject : out.rejects) reject.payload = page_payloads_->payload(out.records, reject.payload);
  page_payloads_->forget();
  if (deletes_.listens()) {
    mapping_->speak(out.records, out.spoken);
    deletes_.hear(out.spoken);
  }
  out.records.forget_records();
  return out;
}

/// Adds a page to the group, and writes what is full.
base::Result<void> Transfer::take(Fetched& page, PageGroup& group) {
  report_.set_traffic(page.traffic, page.auth_method);
  declared_ = page.declared;
  group.open(page, task_.worlds.clock.steady());
  while (!group.add_rows()) TRY(write(group));
  group.close();
  if (group.is_full(task_.worlds.clock.steady())) return write(group);
  // Pages may come quickly and a group with a pinned number of rows fill slowly.
  return task_.worlds.clock.steady() - lease_kept_ >= Heartbeat ? keep_lease() : base::Result<void>();
}

base::Result<void> Transfer::write(PageGroup& group) {
  // Of the first records only: further back in time a source may never have had the field.
  if (!has_written_) {
    TRY(read_again_if_lost(task_.store.connection(), [&] {
      return load::look_for_vanished_fields(task_.store.connection(), task_.entity, writer_.target(), group.rows);
    }));
    has_written_ = true;
  }
  ElementDeletes* elements = deletes_.elements();
  if (elements && !group.spoken.empty()) TRY(elements->take_leave(group.spoken));
  // The next run reads again whatever is still to be judged.
  if (elements && elements->has_put_off()) group.checkpoint.reset();
  const bool beside = may_use_lanes(group);
  if (!beside || lanes_[1 - next_lane_]->shares_keys(group)) TRY(end_lanes());
  was_large_ = group.rows.size() >= LargeGroupRows;
  give_to_lane(group.take_out(), beside ? WriteLane::Begin::AtOnce : WriteLane::Begin::AtEnd);
  // The next group is put together when only one is in memory.
  TRY(beside ? end_lane(next_lane_) : end_lanes());
  return look_at_rejects();
}

/// A second connection is of use only where groups come quickly; whether they do, the first one tells.
bool Transfer::may_use_lanes(const PageGroup& group) {
  if (!was_large_ || group.rows.size() < LargeGroupRows || has_one_lane_) return false;
  if (second_lane_) return true;
  has_one_lane_ = !task_.commits() || !task_.worlds.another_connection || deletes_.elements() ||
                  !load::can_be_written_beside(task_.store.connection(), writer_.target(), task_.entity).value_or(false);
  if (has_one_lane_) return false;
  auto second = SecondLane::open(task_, stream_, writer_.target(), lease_);
  // Then one connection must do, as it has so far.
  has_one_lane_ = !second;
  if (!second) return false;
  second_lane_ = *std::move(second);
  lanes_[1] = &second_lane_->lane();
  return true;
}

void Transfer::give_to_lane(PageGroup group, WriteLane::Begin begin) {
  WriteLane* const other = lanes_[1 - next_lane_];
  lanes_[next_lane_]->begin(std::move(group), begin, other && other->has_group() ? other : nullptr, report_.so_far(), owed_);
  if (other) next_lane_ = 1 - next_lane_;
}

/// Counts what a lane's group has become. The one before it has been counted.
base::Result<void> Transfer::end_lane(size_t lane) {
  if (!lanes_[lane] || !lanes_[lane]->has_group()) return {};
  report_.add_written(TRY(lanes_[lane]->end()));
  lease_kept_ = task_.worlds.clock.steady();
  report_.tell_progress(declared_);
  return {};
}

base::Result<void> Transfer::end_lanes() {
  auto earlier = end_lane(next_lane_), later = end_lane(1 - next_lane_);
  return earlier ? later : earlier;
}

base::Result<void> Transfer::look_at_rejects() {
  const record::Counters& c = report_.so_far().counters;
  const bool too_many = c.rows + c.undecodable >= RejectGuardRows && (c.rejected + c.undecodable) * 2 > c.rows + c.undecodable;
  if (!too_many) return {};
  TRY(end_lanes());
  return refuse_the_mapping();
}

/// The rejects stay to be looked at, and the next run reads the stream again as if this one had not been.
base::Result<void> Transfer::refuse_the_mapping() {
  state::Checkpoint again = before_;
  again.sweep.reset();
  TRY(write_checkpoint(again));
  const record::Counters& c = report_.so_far().counters;
  return base::fail(
      {base::ErrorKind::Guard,
       base::Side::Source,
       fmt::format("{} of {} rows were rejected: more than half, so the mapping does not fit the source{}", c.rejected + c.undecodable,
                   c.rows + c.undecodable, task_.commits() ? fmt::format("; `syncline rejects {}` shows them", task_.run) : ""),
       "too_many_rejects",
       "",
       {}});
}

base::Result<void> Transfer::keep_lease() {
  TRY(end_lanes());
  lease_kept_ = task_.worlds.clock.steady();
  return task_.commits() ? task_.store.renew_lease(lease_) : base::Result<void>();
}

base::Result<void> Transfer::write_checkpoint(const std::optional<state::Checkpoint>& checkpoint) {
  const PageGroup nothing;
  TRY(writer_.write({nothing.rows, nothing.rejects, nothing.counters, checkpoint, {}, nullptr, &owed_}, task_.run, report_.so_far(),
                    task_.worlds.stop));
  report_.tell_progress(declared_);
  return {};
}

base::Result<void> Transfer::complete(const SweepProgress::End& end) {
  record::EntityReport& report = report_.so_far();
  report.complete = end.complete;
  report.checkpoint = end.checkpoint.cursor;
  note_ahead(end.ahead);
  note_repeated_names();
  note_unfound();
  report_.note_unlinked();
  if (!end.complete) report_.note(end.missing + "; the next run reads it again");
  auto written = write_checkpoint(end.checkpoint);
  if (!written) {
    report.complete = false;
    report.checkpoint = before_.cursor;
  }
  return written;
}

/// Rows of them land as any other; but a time that cannot be is somebody's mistake, or the zone that the connector declares is.
void Transfer::note_ahead(int64_t records) {
  if (records == 0) return;
  report_.note(fmt::format("{} {} a `{}` that is later than the source's own clock; the cursor does not go so far",
                           base::with_thousands(records), records == 1 ? "record has" : "records have", stream_.incremental->field));
}

void Transfer::note_repeated_names() {
  const int64_t objects = repeated_.objects;
  if (objects == 0) return;
  report_.note(fmt::format("{} {} a name more than once, as `{}`: the last value counts", base::with_thousands(objects),
                           objects == 1 ? "object of the answers has" : "objects of the answers have", base::shown(repeated_.first, 40)));
}

/// A field that the source has renamed, or a misspelt name, would otherwise be missing without a word.
void Transfer::note_unfound() {
  if (report_.so_far().counters.fetched < RecordsThatProveAName) return;
  for (const size_t source : unfound_) {
    const transform::NamedSource& named = mapping_->sources()[source];
    report_.note(config::to_string({named.place, fmt::format("no record has {}: renamed at the source, or misspelt?", named.names)}));
  }
}

}  // namespace syncline::sync
