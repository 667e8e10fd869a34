// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/transfer.hpp"

#include <fmt/format.h>

#include <numeric>

#include "base/text.hpp"
#include "config/place.hpp"
#include "load/vanished_fields.hpp"
#include "sync/entity/read_again.hpp"

namespace syncline::sync {
namespace {

using std::chrono::milliseconds;

/// How long the writer waits for a page before it renews its lease.
constexpr milliseconds Heartbeat{10'000};
/// Below this many rows, a bad half proves nothing.
constexpr int64_t RejectGuardRows = 200;
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
      row_payloads_(extract::make_stored_records(stream)),
      page_payloads_(extract::make_stored_records(stream)),
      unfound_(mapping_->sources().size()) {
  lease_kept_ = task.worlds.clock.steady();
  std::iota(unfound_.begin(), unfound_.end(), 0);
}

base::Result<void> Transfer::pass(const WindowPlan& plan, SweepProgress& sweep) {
  Fetcher fetcher(
      task_.source, stream_, read_options(plan, sweep), task_.worlds.stop,
      [&](extract::Page page) { return prepared(std::move(page), sweep); },
      [this](std::string_view reason, milliseconds duration) { report_.tell_wait(reason, duration); });
  PageGroup group(task_.entity.batch_rows);
  while (true) {
    auto popped = fetcher.pages().pop(group.empty() && !writer_.owes() ? Heartbeat : GroupAgeMax);
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
  TRY(writer_.settle(task_.run, report_.so_far(), task_.worlds.stop));
  if (!outcome) return base::fail(outcome.error());
  return {};
}

/// No page has come for a while.
base::Result<void> Transfer::write_what_ages(PageGroup& group) {
  if (!group.empty() && group.ages()) return write(group);
  return writer_.owes() ? writer_.settle(task_.run, report_.so_far(), task_.worlds.stop) : keep_lease();
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
  TRY(writer_.write(
      {group.rows, group.rejects, group.counters, group.checkpoint, [&](std::string_view source) { return payload_of(group, source); }},
      task_.run, report_.so_far(), task_.worlds.stop));
  row_payloads_->forget();
  lease_kept_ = task_.worlds.clock.steady();
  group.clear();
  report_.tell_progress(declared_);
  return too_many_rejects() ? refuse_the_mapping() : base::Result<void>();
}

/// What is stored of a row that could not land.
std::string Transfer::payload_of(const PageGroup& group, std::string_view source) {
  const record::RecordBatch* page = group.page_of(source);
  return page ? row_payloads_->payload(*page, source) : std::string(source);
}

bool Transfer::too_many_rejects() {
  const record::Counters& c = report_.so_far().counters;
  return c.rows + c.undecodable >= RejectGuardRows && (c.rejected + c.undecodable) * 2 > c.rows + c.undecodable;
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
  lease_kept_ = task_.worlds.clock.steady();
  return task_.commits() ? task_.store.renew_lease(lease_) : base::Result<void>();
}

base::Result<void> Transfer::write_checkpoint(const state::Checkpoint& checkpoint) {
  const PageGroup nothing;
  TRY(writer_.write({nothing.rows, nothing.rejects, nothing.counters, checkpoint}, task_.run, report_.so_far(), task_.worlds.stop));
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
