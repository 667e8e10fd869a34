// SPDX-License-Identifier: Apache-2.0
#include "sync/entity_run.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <numeric>
#include <vector>

#include "base/check.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "extract/stored.hpp"
#include "load/deletes.hpp"
#include "load/writer.hpp"
#include "sync/delete_missing.hpp"
#include "sync/sweep.hpp"
#include "sync/window.hpp"
#include "transform/transform.hpp"

namespace syncline::sync {
namespace {

using std::chrono::milliseconds;

/// A transaction is large enough to pay for itself and small enough to be lost: whichever comes first.
constexpr size_t BatchRowsMax = 4'000, BatchBytesMax = size_t{4} << 20;
constexpr milliseconds BatchAgeMax{2'000};
/// How long the writer waits for a page before it renews its lease.
constexpr milliseconds Heartbeat{10'000};
/// Below this many rows, a bad half proves nothing.
constexpr int64_t RejectGuardRows = 200;
/// A list that is not the same twice in so many passes has no end to its changes.
constexpr int PassesMax = 4;
/// In so many records a name that is right would have come up.
constexpr int64_t RecordsThatProveAName = 20;

/// Pages that will be written in one transaction, and what has been made of them.
struct Group {
  std::vector<record::RecordBatch> pages;  ///< what the rows' cells point into…
  std::vector<base::Arena> arenas;         ///< …and what was made for them
  record::RowBatch rows;
  std::vector<record::Reject> rejects;
  std::vector<transform::SpokenKeys> spoken;  ///< of records whose elements can leave them
  record::Counters counters;
  state::Checkpoint checkpoint;  ///< after these pages
  size_t bytes = 0;
  std::chrono::steady_clock::time_point begun{};

  [[nodiscard]] bool empty() const { return pages.empty(); }
  /// For the next transaction, with the memory of this one.
  void clear() {
    pages.clear();
    arenas.clear();
    rows.clear();
    rejects.clear();
    spoken.clear();
    counters = {};
    bytes = 0;
  }
};

/// One entity on its way: the steps of run_entity, with what they share.
class EntityRun {
 public:
  EntityRun(const config::Project& project, const config::Entity& entity, Source& source, state::Store& store, const Worlds& worlds,
            const RunOptions& options, int64_t run)
      : project_(project),
        entity_(entity),
        source_(source),
        store_(store),
        worlds_(worlds),
        options_(options),
        run_(run),
        started_(worlds.clock.steady()) {
    report_.entity = entity.name;
    report_.stream = entity.stream;
    report_.account = entity.account;
  }

  record::EntityReport run() {
    if (auto done = sync(); !done) fail(std::move(done).error());
    report_.took = std::chrono::duration_cast<milliseconds>(worlds_.clock.steady() - started_);
    sum_up();
    return std::move(report_);
  }

 private:
  base::Result<void> sync() {
    // The entity before may have lost it.
    TRY(store_.connection().reconnect());
    const config::Stream* stream = source_.account.connector.stream(entity_.stream);
    base::check(stream != nullptr, "an entity's stream was checked when the project was read");
    const record::Table table = TRY(read_again_if_lost([&] { return target_table(); }));
    mapping_ = TRY(transform::bind(entity_, table, project_.rules));
    unfound_.resize(mapping_->sources().size());
    std::iota(unfound_.begin(), unfound_.end(), 0);
    load::Target target =
        TRY(read_again_if_lost([&] { return load::bind_target(store_.connection(), project_, entity_, table, mapping_->columns()); }));

    page_payloads_ = extract::make_stored_records(*stream);
    row_payloads_ = extract::make_stored_records(*stream);
    if (commits()) {
      lease_ = TRY(store_.take_lease(entity_.account + "/" + entity_.name, run_));
      leased_ = true;
    }
    // Read under the lease: nobody else moves it any more.
    before_ = TRY(read_again_if_lost([&] { return read_checkpoint(); }));
    const WindowPlan plan = TRY(plan_window(options_, *stream, entity_, before_, worlds_.clock.now(), source_.account.connector.zone));
    report_.window_start = bound_text(plan.window.from);
    report_.window_end = bound_text(plan.window.to);
    report_.note = plan.note;
    if (commits()) {
      TRY(store_.begin_log(run_, report_));
      logged_ = true;
    }
    std::optional<DeleteMissing> missing;
    std::optional<load::Deletes> deletes;
    const load::Target delete_target = target;
    if (entity_.deletes.kind != config::Deletes::Kind::Ignore) {
      deletes.emplace(store_, entity_, delete_target, lease_, worlds_.clock);
      TRY(read_again_if_lost([&] { return deletes->check(); }));
      deletes_ = &*deletes;
      if (entity_.deletes.within.empty() && may_delete(plan)) {
        missing.emplace(*deletes, delete_target.columns[0].column.type);
        TRY(missing->look());
        missing_ = &*missing;
      }
    }
    load::Writer writer(store_, entity_, std::move(target), lease_, commits() ? load::Ending::Commit : load::Ending::Rollback,
                        worlds_.clock);
    writer_ = &writer;
    SweepProgress sweep(*stream, source_.account.connector.zone, plan, before_, run_, worlds_.clock.now());
    auto moved = move_pages(*stream, plan, sweep);
    writer_ = nullptr;
    deletes_ = nullptr;
    missing_ = nullptr;
    return moved;
  }

  /// Only a sweep of the whole stream, read by this very run, can show that a record is gone.
  bool may_delete(const WindowPlan& plan) {
    const bool dates = options_.days || options_.start || options_.end;
    if (dates || plan.window.bounded()) {
      if (options_.reach == RunOptions::Reach::Full && entity_.start) note("nothing is deleted: with `start:` older records are not read");
      return false;
    }
    if (plan.resumes) note("nothing is deleted: an earlier run has read the first part of this sweep");
    return !plan.resumes;
  }

  void note(const std::string& text) { report_.note += (report_.note.empty() ? "" : "; ") + text; }

  [[nodiscard]] bool commits() const { return options_.ending == RunOptions::Ending::Commit; }

  /// Looking at the database changes nothing, so it can be done again over a new connection.
  template <class Look>
  auto read_again_if_lost(const Look& look) -> decltype(look()) {
    auto first = look();
    if (first || !sql::is_connection_lost(first.error())) return first;
    TRY(store_.connection().reconnect());
    return look();
  }

  base::Result<record::Table> target_table() {
    auto table = TRY(store_.connection().describe(entity_.table));
    if (table) return *std::move(table);
    return base::fail({base::ErrorKind::ContractDrift,
                       base::Side::Database,
                       fmt::format("there is no table `{}` in the database", to_string(entity_.table)),
                       "no_table",
                       "",
                       {}});
  }

  base::Result<state::Checkpoint> read_checkpoint() {
    if (!TRY(store_.connection().describe(store_.names().in_catalog("sync_checkpoint"))))
      return state::Checkpoint{entity_.name, entity_.account, entity_.stream, "", false, {}};
    return store_.read_checkpoint(entity_.name, entity_.account, entity_.stream);
  }

  base::Result<void> move_pages(const config::Stream& stream, const WindowPlan& plan, SweepProgress& sweep) {
    TRY(read_pages(stream, plan, sweep));
    SweepProgress::End end = TRY(sweep.end());
    if (missing_ && end.complete && stream.paginate.name == "page") TRY(read_until_nothing_is_new(stream, plan, end));
    TRY(complete(end));
    return missing_ && end.complete ? delete_missing() : base::Result<void>();
  }

  /// A list that is paged by number moves under its reader: what is deleted on a page before lets a record slip by, and one that is added
  /// keeps the count as it was. A row is missing only if its record is in none of several passes, of which the last showed nothing new.
  base::Result<void> read_until_nothing_is_new(const config::Stream& stream, const WindowPlan& plan, SweepProgress::End& end) {
    int passes = 1;
    for (bool settled = false; !settled && TRY(missing_->missing()) > 0;) {
      if (passes == PassesMax) {
        end = {before_, false, fmt::format("weak pagination: the list was read {} times and changed each time", passes)};
        end.checkpoint.sweep.reset();
        return {};
      }
      const int64_t known = TRY(missing_->spoken());
      SweepProgress sweep(stream, source_.account.connector.zone, plan, before_, run_, worlds_.clock.now());
      TRY(read_pages(stream, plan, sweep));
      ++passes;
      end = TRY(sweep.end());
      settled = end.complete && TRY(missing_->spoken()) == known;
    }
    if (passes > 1) note(fmt::format("weak pagination: read {} times to be sure of what is gone", passes));
    return {};
  }

  base::Result<void> delete_missing() {
    const int64_t gone = TRY(missing_->missing());
    if (gone > 0 && missing_->untold() > 0) {
      note(fmt::format("nothing is deleted: the key of {} records could not be told, and the {} missing rows may be theirs",
                       base::with_thousands(missing_->untold()), base::with_thousands(gone)));
      return {};
    }
    if (std::string objection = mass_delete_objection(gone, missing_->there(), options_.mass_delete_max); !objection.empty())
      return base::fail({base::ErrorKind::Guard, base::Side::Source, std::move(objection), "mass_delete", "", {}});
    if (!commits()) {
      report_.counters.deleted += gone;
      return {};
    }
    if (gone > 0) kept_ += TRY(missing_->remove(run_, report_, worlds_.stop));
    return drop_waiting();
  }

  /// A record that waits and is gone at the source must not land later. A list without any record proves that of none, however complete.
  base::Result<void> drop_waiting() {
    if (missing_->untold() > 0 || (TRY(missing_->spoken()) == 0 && !options_.mass_delete_max)) return {};
    const int64_t dropped = TRY(missing_->drop_waiting(store_, entity_, lease_));
    if (dropped > 0)
      note(fmt::format("{} that waited {} dropped: gone at the source", dropped == 1 ? "1 row" : base::with_thousands(dropped) + " rows",
                       dropped == 1 ? "is" : "are"));
    return {};
  }

  /// The rows of elements that have left the records of this group, before its own rows: they may hold what the new ones need.
  base::Result<void> delete_strangers(const Group& group) {
    std::vector<load::Family> families;
    // Of a record that comes twice, both copies' elements are there.
    std::map<std::string_view, std::vector<record::Cell>> of_parent;
    for (const transform::SpokenKeys& spoken : group.spoken) {
      for (const transform::SpokenKeys::Record& it : spoken.records) {
        auto& keys = of_parent[it.parent.text];
        keys.insert(keys.end(), spoken.keys.begin() + ptrdiff_t(it.first), spoken.keys.begin() + ptrdiff_t(it.first + it.size));
      }
    }
    if (of_parent.empty()) return {};
    for (const auto& [parent, keys] : of_parent) families.push_back({parent, keys});
    const std::vector<std::string> gone = TRY(read_again_if_lost([&] { return deletes_->strangers(families); }));
    if (!commits()) {
      report_.counters.deleted += int64_t(gone.size());
      return {};
    }
    for (size_t at = 0; at < gone.size(); at += load::Deletes::KeysMax) {
      const size_t size = std::min(load::Deletes::KeysMax, gone.size() - at);
      kept_ += TRY(deletes_->remove(std::span(gone).subspan(at, size), run_, report_, worlds_.stop));
    }
    return {};
  }

  /// Fetching goes on in its own thread while this one writes.
  base::Result<void> read_pages(const config::Stream& stream, const WindowPlan& plan, SweepProgress& sweep) {
    extract::ReadOptions read{plan.window, {}};
    if (plan.resumes) {
      const state::Sweep& at = *sweep.checkpoint().sweep;
      read.resume = extract::Position{at.next, at.read, at.last_page, at.last};
    }
    Fetcher fetcher(
        source_, stream, std::move(read), worlds_.stop, [&](extract::Page page) { return prepared(std::move(page), sweep); },
        [this](std::string_view reason, milliseconds duration) { report_wait(reason, duration); });
    Group group;
    while (true) {
      auto popped = fetcher.pages().pop(group.empty() ? Heartbeat : BatchAgeMax);
      if (Fetched* fetched = std::get_if<Fetched>(&popped)) {
        take(*fetched, group);
        if (is_full(group)) TRY(write(group));
      } else if (std::holds_alternative<base::BoundedQueue<Fetched>::TimedOut>(popped)) {
        TRY(group.empty() ? keep_lease() : write(group));
      } else {
        break;
      }
    }
    const base::Result<void>& outcome = fetcher.pages().outcome();
    take_traffic(source_.client->traffic(), source_.authenticator->method());
    // What has been fetched lands, whatever comes next; the checkpoint says where to go on.
    if (!group.empty()) TRY(write(group));
    if (!outcome) return base::fail(outcome.error());
    return {};
  }

  /// The sweep's last word, in a transaction of its own: only rows that have been judged let a cursor move.
  base::Result<void> complete(const SweepProgress::End& end) {
    report_.complete = end.complete;
    report_.checkpoint = end.checkpoint.cursor;
    note_unfound();
    note_unlinked();
    if (!end.complete) report_.note += (report_.note.empty() ? "" : "; ") + end.missing + "; the next run reads it again";
    Group nothing;
    nothing.checkpoint = end.checkpoint;
    auto written = write(nothing);
    if (!written) {
      report_.complete = false;
      report_.checkpoint = before_.cursor;
    }
    return written;
  }

  /// Nothing is wrong yet, but somebody who looks for the link must not have to guess.
  void note_unlinked() {
    const int64_t rows = report_.counters.unlinked;
    if (rows == 0) return;
    if (!report_.note.empty()) report_.note += "; ";
    report_.note += fmt::format(
        "{} {} a row that is not there, so the link is null; it is looked for again when the record is next read (`--full` reads all)",
        base::with_thousands(rows), rows == 1 ? "row names" : "rows name");
  }

  /// A field that the source has renamed, or a misspelt name, would otherwise be missing without a word.
  void note_unfound() {
    if (report_.counters.fetched < RecordsThatProveAName) return;
    for (const size_t source : unfound_) {
      const transform::NamedSource& named = mapping_->sources()[source];
      if (!report_.note.empty()) report_.note += "; ";
      report_.note += config::to_string({named.place, fmt::format("no record has {}: renamed at the source, or misspelt?", named.names)});
    }
  }

  /// On the read thread, which has `sweep` and `unfound_` to itself until it has ended.
  Fetched prepared(extract::Page page, SweepProgress& sweep) {
    sweep.add(page);
    Fetched out;
    out.checkpoint = sweep.checkpoint();
    out.declared = sweep.declared();
    out.records = std::move(page.records);
    mapping_->strike_found(out.records, unfound_);
    out.rows.cells.reserve(out.records.records.size() * mapping_->columns().size());
    mapping_->map(out.records, out.rows, out.rejects, out.counters);
    for (record::Reject& reject : out.rejects) reject.payload = page_payloads_->payload(out.records, reject.payload);
    page_payloads_->forget();
    if (missing_ || !entity_.deletes.within.empty()) mapping_->speak(out.records, out.spoken);
    if (missing_) {
      missing_->take(out.spoken);
      out.spoken = {};
    }
    out.records.forget_records();
    return out;
  }

  /// What is stored of a row that could not land: its record stands in one of the group's pages.
  std::string payload_of(const Group& group, std::string_view source) {
    for (const record::RecordBatch& page : group.pages) {
      const char *begin = page.page.data(), *end = begin + page.page.size();
      if (!std::less<>()(source.data(), begin) && std::less<>()(source.data(), end)) return row_payloads_->payload(page, source);
    }
    return std::string(source);
  }

  void take(Fetched& fetched, Group& group) {
    take_traffic(fetched.traffic, fetched.auth_method);
    if (group.empty()) group.begun = worlds_.clock.steady();
    group.bytes += fetched.records.bytes();
    group.rows.append(fetched.rows);
    group.pages.push_back(std::move(fetched.records));
    group.arenas.push_back(std::move(fetched.rows.arena));
    if (!fetched.spoken.records.empty()) group.spoken.push_back(std::move(fetched.spoken));
    std::move(fetched.rejects.begin(), fetched.rejects.end(), std::back_inserter(group.rejects));
    group.counters += fetched.counters;
    group.checkpoint = std::move(fetched.checkpoint);
    declared_ = fetched.declared;
  }

  [[nodiscard]] bool is_full(const Group& group) const {
    return group.rows.size() + group.rejects.size() >= BatchRowsMax || group.bytes >= BatchBytesMax ||
           worlds_.clock.steady() - group.begun >= BatchAgeMax;
  }

  base::Result<void> write(Group& group) {
    if (!group.spoken.empty()) TRY(delete_strangers(group));
    TRY(writer_->write(
        {group.rows, group.rejects, group.counters, group.checkpoint, [&](std::string_view source) { return payload_of(group, source); }},
        run_, report_, worlds_.stop));
    row_payloads_->forget();
    group.clear();
    report_progress("");
    return too_many_rejects() ? refuse_the_mapping() : base::Result<void>();
  }

  [[nodiscard]] bool too_many_rejects() const {
    const record::Counters& c = report_.counters;
    return c.rows + c.undecodable >= RejectGuardRows && (c.rejected + c.undecodable) * 2 > c.rows + c.undecodable;
  }

  /// The rejects stay to be looked at, and the next run reads the stream again as if this one had not been.
  base::Result<void> refuse_the_mapping() {
    state::Checkpoint again = before_;
    again.sweep.reset();
    const Group nothing;
    TRY(writer_->write({nothing.rows, nothing.rejects, nothing.counters, again}, run_, report_, worlds_.stop));
    const record::Counters& c = report_.counters;
    return base::fail(
        {base::ErrorKind::Guard,
         base::Side::Source,
         fmt::format("{} of {} rows were rejected: more than half, so the mapping does not fit the source{}", c.rejected + c.undecodable,
                     c.rows + c.undecodable, commits() ? fmt::format("; `syncline rejects {}` shows them", run_) : ""),
         "too_many_rejects",
         "",
         {}});
  }

  base::Result<void> keep_lease() { return commits() ? store_.renew_lease(lease_) : base::Result<void>(); }

  void take_traffic(const http::Traffic& traffic, const std::string& method) {
    report_.requests = traffic.requests - source_traffic_.requests;
    report_.bytes = traffic.bytes - source_traffic_.bytes;
    report_.retries = traffic.retries - source_traffic_.retries;
    report_.waited = traffic.waited - source_traffic_.waited;
    report_.auth_method = method;
  }

  [[nodiscard]] record::ProgressEvent progress(std::string waiting_for) const {
    return {entity_.name,          entity_.stream, entity_.account,
            report_.counters,      declared_,      std::chrono::duration_cast<milliseconds>(worlds_.clock.steady() - started_),
            std::move(waiting_for)};
  }
  void report_progress(std::string waiting_for) { worlds_.progress.report(progress(std::move(waiting_for))); }
  /// Called by the fetch thread: it names only what never changes during a run.
  void report_wait(std::string_view reason, milliseconds duration) {
    record::ProgressEvent event;
    event.entity = entity_.name;
    event.stream = entity_.stream;
    event.account = entity_.account;
    event.waiting_for = fmt::format("{}, {}", reason, base::duration_for_people(duration));
    worlds_.progress.report(event);
  }

  void fail(base::Error error) {
    report_.exit_code = base::worse_exit_code(report_.exit_code, base::exit_code_of(error));
    // A request that a stop has cut off is no failure of that request.
    const bool cut_off = error.kind == base::ErrorKind::Cancelled && error.code != "stopped";
    const std::string message = !cut_off    ? base::redact(error.message)
                                : commits() ? "stopped; the next run goes on where this one ended"
                                            : "stopped";
    report_.errors.push_back({error.code.empty() ? std::string(name_of(error.kind)) : error.code, message, "", 1});
  }

  /// The exit code, the rejects summed, and the log row's last word.
  void sum_up() {
    const record::Counters& c = report_.counters;
    if (!report_.complete && report_.errors.empty())
      report_.exit_code = base::worse_exit_code(report_.exit_code, base::exit_code::Incomplete);
    if (c.rejected + c.undecodable + kept_ > 0) report_.exit_code = base::worse_exit_code(report_.exit_code, base::exit_code::Rejected);
    if (commits()) end_log();
    if (leased_) store_.release_lease(lease_);
  }

  void end_log() {
    if (auto sums = store_.sum_rejects(run_, entity_.name, entity_.account))
      report_.errors.insert(report_.errors.end(), sums->begin(), sums->end());
    const bool failed = report_.exit_code != base::exit_code::Ok && report_.exit_code != base::exit_code::Rejected;
    // Rows that wait may still land in this run; should it die before, the log must not call it finished.
    record::EntityReport told = report_;
    if (told.counters.waiting > 0) told.exit_code = base::worse_exit_code(told.exit_code, base::exit_code::Incomplete);
    const std::string_view status = status_of(told.exit_code);
    const auto ended = logged_ ? store_.end_log(run_, told, status) : store_.log_unbegun(run_, told, status);
    // When the run has failed already, that is the error to tell.
    if (!ended && !failed) fail(ended.error());
  }

  const config::Project& project_;
  const config::Entity& entity_;
  Source& source_;
  state::Store& store_;
  const Worlds& worlds_;
  const RunOptions& options_;
  const int64_t run_;
  const std::chrono::steady_clock::time_point started_;
  const http::Traffic source_traffic_ = source_.client->traffic();  ///< before this entity
  record::EntityReport report_;
  std::unique_ptr<transform::Mapping> mapping_;
  std::unique_ptr<extract::StoredRecords> page_payloads_, row_payloads_;  ///< of the read thread, of the write thread
  load::Writer* writer_ = nullptr;
  load::Deletes* deletes_ = nullptr;  ///< where rows can be deleted
  DeleteMissing* missing_ = nullptr;  ///< where this run's sweep may show which; the read thread's while it runs
  int64_t kept_ = 0;                  ///< rows that were to be deleted and could not
  state::Lease lease_;
  bool leased_ = false, logged_ = false;
  state::Checkpoint before_;  ///< as it was when this run took the lease
  std::optional<int64_t> declared_;
  std::vector<size_t> unfound_;  ///< sources of the mapping that no record of this run has had
};

}  // namespace

record::EntityReport run_entity(const config::Project& project, const config::Entity& entity, Source& source, state::Store& store,
                                const Worlds& worlds, const RunOptions& options, int64_t run) {
  return EntityRun(project, entity, source, store, worlds, options, run).run();
}

std::string_view status_of(int exit_code) {
  if (exit_code == base::exit_code::Ok) return "ok";
  if (exit_code == base::exit_code::Rejected) return "rejected";
  return exit_code == base::exit_code::Incomplete ? "incomplete" : "failed";
}

}  // namespace syncline::sync
