// SPDX-License-Identifier: Apache-2.0
#include "report_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"

namespace syncline::apps {
namespace {

using base::with_thousands;

std::string count(int64_t number, std::string_view what) {
  return number == 0 ? "" : fmt::format("   {} {}", with_thousands(number), what);
}

/// An entity of several accounts has a line for each.
bool is_one_of_several(const record::RunReport& report, const std::string& entity) {
  return std::count_if(report.entities.begin(), report.entities.end(),
                       [&](const record::EntityReport& one) { return one.entity == entity; }) > 1;
}

int64_t rejected(const record::EntityReport& report) { return report.counters.rejected + report.counters.undecodable; }

/// What a run could not do as the source says.
struct Rejects {
  int64_t rows = 0, not_deleted = 0;

  [[nodiscard]] int64_t all() const { return rows + not_deleted; }
};

std::string shown(const Rejects& rejects) {
  const std::string rejected = fmt::format("{} {} rejected", with_thousands(rejects.all()), rejects.all() == 1 ? "row" : "rows");
  if (rejects.not_deleted == 0) return rejected;
  const std::string why = "could not be deleted";
  if (rejects.rows == 0) return fmt::format("{}: {} {}", rejected, rejects.all() == 1 ? "it" : "they", why);
  return fmt::format("{}, of which {} {}", rejected, with_thousands(rejects.not_deleted), why);
}

/// A row that could not be deleted has no record that could be tried again: whether it is gone is asked of the source.
std::string way_again(const record::RunReport& report, const Rejects& rejects) {
  const std::string sweep = rejects.not_deleted > 0 ? "`syncline sync --full` tries to delete again" : "";
  if (rejects.rows == 0) return sweep;
  return fmt::format("`syncline retry {}` tries {} again{}{}", report.run,
                     rejects.not_deleted > 0 ? "the others"
                     : rejects.rows == 1     ? "it"
                                             : "them",
                     sweep.empty() ? "" : ", ", sweep);
}

std::string next_step(const record::RunReport& report, const Rejects& rejects) {
  if (rejects.all() == 0) return "";
  const std::string rejected = shown(rejects);
  const std::string_view them = rejects.all() == 1 ? "it" : "them";
  // A dry run has no number, and nothing is stored that could be shown later.
  if (report.run == 0) return fmt::format("{}; without --dry-run, `syncline sync` stores {} with the reason.", rejected, them);
  if (report.retried > 0)
    return fmt::format("{} again: `syncline rejects {}` shows {} with the new reason.", rejected, report.retried, them);
  return fmt::format("{}{} `syncline rejects {}` shows {}; {}.", rejected, rejects.not_deleted > 0 ? ";" : ":", report.run, them,
                     way_again(report, rejects));
}

}  // namespace

std::string entity_line(const record::EntityReport& report) {
  const record::Counters& c = report.counters;
  std::string line =
      fmt::format("  {:<14} {:<20} {:>9} fetched {:>9} inserted {:>8} updated {:>9} unchanged", report.entity, report.stream,
                  with_thousands(c.fetched), with_thousands(c.inserted), with_thousands(c.updated), with_thousands(c.unchanged));
  line += count(c.filtered, "filtered") + count(c.adopted, "adopted") + count(c.unmatched, "without a row") + count(c.stale, "stale") +
          count(c.duplicate, "duplicate") + count(c.deleted, "deleted") + count(report.not_deleted, "not deleted") +
          count(c.local_edits, "local edits set right") + count(rejected(report), "rejected") + count(c.waiting, "waiting");
  if (report.took.count() > 0) line += "   " + base::duration_for_people(report.took);
  if (!report.note.empty()) line += "   (" + report.note + ")";
  return line;
}

std::string error_lines(const record::EntityReport& report) {
  std::string out;
  for (const record::ErrorSummary& error : report.errors)
    out += fmt::format("      {}{}\n", error.count > 1 ? with_thousands(error.count) + " ×, for example: " : "", error.message);
  return out;
}

std::string report_text(const record::RunReport& report) {
  std::string out;
  Rejects rejects;
  for (const record::EntityReport& entity : report.entities) {
    record::EntityReport shown = entity;
    if (is_one_of_several(report, entity.entity)) shown.entity += " (" + entity.account + ")";
    out += entity_line(shown) + "\n";
    rejects.rows += rejected(entity);
    rejects.not_deleted += entity.not_deleted;
    out += error_lines(entity);
  }
  const std::string step = next_step(report, rejects);
  const std::string run = report.run > 0 ? fmt::format("run {}", report.run) : "dry run: nothing was kept";
  return out + fmt::format("{}{}{}, exit {}\n", step, step.empty() ? "" : "   ", run, report.exit_code);
}

}  // namespace syncline::apps
