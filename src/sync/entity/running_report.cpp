// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/running_report.hpp"

#include <fmt/format.h>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "sync/entity_run.hpp"

namespace syncline::sync {

using std::chrono::milliseconds;

RunningReport::RunningReport(const EntityTask& task)
    : task_(task), started_(task.worlds.clock.steady()), traffic_before_(task.source.client->traffic()) {
  report_.entity = task.entity.name;
  report_.stream = task.entity.stream;
  report_.account = task.entity.account;
}

base::Result<void> RunningReport::begin(const WindowPlan& plan) {
  report_.window_start = bound_text(plan.window.from);
  report_.window_end = bound_text(plan.window.to);
  report_.note = plan.note;
  if (!task_.commits()) return {};
  TRY(task_.store.begin_log(task_.run, report_));
  logged_ = true;
  return {};
}

void RunningReport::add_written(record::EntityReport after) {
  // Pages have been asked for meanwhile.
  after.requests = report_.requests;
  after.bytes = report_.bytes;
  after.retries = report_.retries;
  after.waited = report_.waited;
  after.auth_method = std::move(report_.auth_method);
  report_ = std::move(after);
}

void RunningReport::note(const std::string& phrase) { report_.note += (report_.note.empty() ? "" : "; ") + phrase; }

/// Nothing is wrong yet, but somebody who looks for the link must not have to guess.
void RunningReport::note_unlinked() {
  const int64_t rows = report_.counters.unlinked;
  if (rows == 0) return;
  note(fmt::format(
      "{} {} a row that is not there, so the link is null; it is looked for again when the record is next read (`--full` reads all)",
      base::with_thousands(rows), rows == 1 ? "row names" : "rows name"));
}

void RunningReport::fail(base::Error error) {
  report_.exit_code = base::worse_exit_code(report_.exit_code, base::exit_code_of(error));
  // A request that a stop has cut off is no failure of that request.
  const bool cut_off = error.kind == base::ErrorKind::Cancelled && error.code != "stopped";
  const std::string message = !cut_off          ? base::redact(error.message)
                              : task_.commits() ? "stopped; the next run goes on where this one ended"
                                                : "stopped";
  report_.errors.push_back({error.code.empty() ? std::string(name_of(error.kind)) : error.code, message, "", 1});
}

void RunningReport::set_traffic(const http::Traffic& traffic, const std::string& auth_method) {
  report_.requests = traffic.requests - traffic_before_.requests;
  report_.bytes = traffic.bytes - traffic_before_.bytes;
  report_.retries = traffic.retries - traffic_before_.retries;
  report_.waited = traffic.waited - traffic_before_.waited;
  report_.auth_method = auth_method;
}

void RunningReport::tell_progress(std::optional<int64_t> declared) {
  task_.worlds.progress.report({report_.entity, report_.stream, report_.account, report_.counters, declared, elapsed(), ""});
}

/// Names only what never changes during a run.
void RunningReport::tell_wait(std::string_view reason, milliseconds duration) const {
  record::ProgressEvent event;
  event.entity = task_.entity.name;
  event.stream = task_.entity.stream;
  event.account = task_.entity.account;
  event.waiting_for = fmt::format("{}, {}", reason, base::duration_for_people(duration));
  task_.worlds.progress.report(event);
}

record::EntityReport RunningReport::end() {
  report_.took = elapsed();
  if (!report_.complete && report_.errors.empty())
    report_.exit_code = base::worse_exit_code(report_.exit_code, base::exit_code::Incomplete);
  if (report_.rejects() > 0) report_.exit_code = base::worse_exit_code(report_.exit_code, base::exit_code::Rejected);
  if (task_.commits()) end_log();
  return std::move(report_);
}

void RunningReport::end_log() {
  if (auto sums = task_.store.sum_rejects(task_.run, report_.entity, report_.account))
    report_.errors.insert(report_.errors.end(), sums->begin(), sums->end());
  const bool failed = report_.exit_code != base::exit_code::Ok && report_.exit_code != base::exit_code::Rejected;
  // Rows that wait may still land in this run; should it die before, the log must not call it finished.
  record::EntityReport told = report_;
  if (told.counters.waiting > 0) told.exit_code = base::worse_exit_code(told.exit_code, base::exit_code::Incomplete);
  const std::string_view status = status_of(told.exit_code);
  const auto ended = logged_ ? task_.store.end_log(task_.run, told, status) : task_.store.log_unbegun(task_.run, told, status);
  // When the run has failed already, that is the error to tell.
  if (!ended && !failed) fail(ended.error());
}

milliseconds RunningReport::elapsed() const { return std::chrono::duration_cast<milliseconds>(task_.worlds.clock.steady() - started_); }

}  // namespace syncline::sync
