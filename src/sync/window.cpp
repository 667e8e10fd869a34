// SPDX-License-Identifier: Apache-2.0
#include "sync/window.hpp"

#include <fmt/format.h>

namespace syncline::sync {
namespace {

constexpr std::chrono::days LeastReach{7};

base::Result<base::Timestamp> midnight(base::Date date, const base::Zone& zone) {
  const std::chrono::local_time<std::chrono::microseconds> local(date.time_since_epoch());
  // A zone may have midnight twice on the day it changes: the day begins with the first. Or it skips midnight: the day begins later.
  const base::Timestamp first = TRY(zone.to_instant(local, base::Zone::Unclear::Earlier));
  return zone.to_local(first) == local ? first : TRY(zone.to_instant(local, base::Zone::Unclear::Later));
}

base::Date today(base::Timestamp now, const base::Zone& zone) {
  return base::Date(std::chrono::floor<std::chrono::days>(zone.to_local(now).time_since_epoch()));
}

bool dates_were_asked(const RunOptions& options) { return options.days || options.start || options.end; }

base::Result<extract::Window> asked_window(const RunOptions& options, base::Timestamp now, const base::Zone& zone) {
  extract::Window window;
  if (options.days) window.from = TRY(midnight(today(now, zone) - std::chrono::days(*options.days), zone));
  if (options.start) window.from = TRY(midnight(*options.start, zone));
  if (options.end) window.to = TRY(midnight(*options.end, zone));
  return window;
}

/// From the last cursor, but at least the last seven days; everything (or from `start:`) when no sweep was ever complete.
base::Result<extract::Window> next_window(const config::Stream& stream, const config::Entity& entity, const state::Checkpoint& checkpoint,
                                          base::Timestamp now, const base::Zone& zone) {
  extract::Window window;
  if (checkpoint.completed && !checkpoint.cursor.empty()) {
    const base::Timestamp cursor = TRY_WITHIN("the stored cursor", instant_of_cursor(checkpoint.cursor, zone));
    window.from = std::min(cursor - stream.incremental->overlap, now - LeastReach);
    return window;
  }
  if (entity.start) window.from = TRY(midnight(*entity.start, zone));
  return window;
}

/// Whether a sweep of this window leaves no gap behind the stored cursor and sees everything after it.
bool reaches_cursor(const extract::Window& window, const state::Checkpoint& checkpoint, const base::Zone& zone) {
  if (window.to) return false;
  if (!window.from) return true;
  if (checkpoint.cursor.empty()) return false;
  const auto cursor = instant_of_cursor(checkpoint.cursor, zone);
  return cursor && *window.from <= *cursor;
}

/// The bounds that the source cannot be asked for: more is read than was wanted, never less.
std::string unasked_bounds(extract::Window& window, const config::Incremental& incremental) {
  const bool start = window.from && incremental.from_param.empty(), end = window.to && incremental.to_param.empty();
  if (start) window.from.reset();
  if (end) window.to.reset();
  if (!start && !end) return "";
  return fmt::format("read without {}: the stream has no parameter for it", start && end ? "start and end" : start ? "a start" : "an end");
}

}  // namespace

std::string bound_text(const std::optional<base::Timestamp>& bound) { return bound ? base::to_string(*bound) : ""; }

base::Result<base::Timestamp> instant_of_cursor(std::string_view text, const base::Zone& zone) {
  return base::parse_timestamp(text, &zone, base::Zone::Unclear::Earlier);
}

base::Result<WindowPlan> plan_window(const RunOptions& options, const config::Stream& stream, const config::Entity& entity,
                                     const state::Checkpoint& checkpoint, base::Timestamp now, const base::Zone& zone) {
  WindowPlan plan;
  const bool full = options.reach == RunOptions::Reach::Full, dates = dates_were_asked(options);
  if (!stream.incremental) {
    plan.moves_cursor = true;
    if (dates) plan.note = fmt::format("read whole: `{}` cannot be bounded by date", stream.name);
  } else if (dates) {
    plan.window = TRY(asked_window(options, now, zone));
    plan.note = unasked_bounds(plan.window, *stream.incremental);
    plan.moves_cursor = reaches_cursor(plan.window, checkpoint, zone);
  } else {
    if (full && entity.start) plan.window.from = TRY(midnight(*entity.start, zone));
    if (!full) plan.window = TRY(next_window(stream, entity, checkpoint, now, zone));
    plan.moves_cursor = true;
  }

  // A sweep does not say what was asked for when it began, so `--full` begins one of its own.
  if (!checkpoint.sweep || full) return plan;
  const state::Sweep& sweep = *checkpoint.sweep;
  const bool same = sweep.window_start == bound_text(plan.window.from) && sweep.window_end == bound_text(plan.window.to);
  const bool goes_on = !dates && sweep.window_end.empty();
  if (!same && !goes_on) return plan;
  plan.resumes = true;
  if (!same) plan.window.from = sweep.window_start.empty() ? std::nullopt : std::optional(TRY(base::parse_timestamp(sweep.window_start)));
  plan.note += fmt::format("{}goes on after {} records of run {}", plan.note.empty() ? "" : "; ", sweep.read, sweep.run);
  return plan;
}

}  // namespace syncline::sync
