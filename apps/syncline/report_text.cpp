// SPDX-License-Identifier: Apache-2.0
#include "report_text.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"

namespace syncline::apps {
namespace {

using base::with_thousands;

std::string count(int64_t number, std::string_view what) {
  return number == 0 ? "" : fmt::format("   {} {}", with_thousands(number), what);
}

int64_t rejected(const record::EntityReport& report) { return report.counters.rejected + report.counters.undecodable; }

std::string next_step(const record::RunReport& report, int64_t rejects) {
  if (rejects == 0) return "";
  return fmt::format("{} {} rejected: `syncline rejects {}` shows {}.", with_thousands(rejects), rejects == 1 ? "row" : "rows", report.run,
                     rejects == 1 ? "it" : "them");
}

}  // namespace

std::string entity_line(const record::EntityReport& report) {
  const record::Counters& c = report.counters;
  std::string line =
      fmt::format("  {:<14} {:<20} {:>9} fetched {:>9} inserted {:>8} updated {:>9} unchanged", report.entity, report.stream,
                  with_thousands(c.fetched), with_thousands(c.inserted), with_thousands(c.updated), with_thousands(c.unchanged));
  line += count(c.filtered, "filtered") + count(c.adopted, "adopted") + count(c.stale, "stale") + count(c.duplicate, "duplicate") +
          count(rejected(report), "rejected") + count(c.waiting, "waiting");
  if (report.took.count() > 0) line += "   " + base::duration_for_people(report.took);
  if (!report.note.empty()) line += "   (" + report.note + ")";
  return line;
}

std::string report_text(const record::RunReport& report) {
  std::string out;
  int64_t rejects = 0;
  for (const record::EntityReport& entity : report.entities) {
    out += entity_line(entity) + "\n";
    rejects += rejected(entity);
    for (const record::ErrorSummary& error : entity.errors) {
      out += fmt::format("      {}{}\n", error.count > 1 ? with_thousands(error.count) + " × " : "", error.message);
    }
  }
  const std::string step = next_step(report, rejects);
  const std::string run = report.run > 0 ? fmt::format("run {}", report.run) : "dry run: nothing was kept";
  return out + fmt::format("{}{}{}, exit {}\n", step, step.empty() ? "" : "   ", run, report.exit_code);
}

}  // namespace syncline::apps
