// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "commands.hpp"
#include "context.hpp"
#include "history.hpp"
#include "output.hpp"
#include "report_json.hpp"
#include "report_text.hpp"
#include "state/store.hpp"

namespace syncline::apps {
namespace {

void print_list(const std::vector<state::LogEntry>& entries) {
  Json list = Json::array();
  for (const state::LogEntry& entry : entries) {
    Json row{{"run", entry.run}, {"status", entry.status}, {"started_at", entry.started_at}, {"completed_at", entry.completed_at}};
    row.update(entity_json(entry.report));
    list.push_back(std::move(row));
  }
  print_json({{"log", list}});
}

/// "2026-11-23T21:02:50.571000Z" as a person reads it, to the second.
std::string to_the_second(std::string_view timestamp) {
  const size_t point = timestamp.find('.');
  if (point == timestamp.npos) return std::string(timestamp);
  const size_t behind = std::min(timestamp.find_first_not_of("0123456789", point + 1), timestamp.size());
  return fmt::format("{}{}", timestamp.substr(0, point), timestamp.substr(behind));
}

void print_text(const std::vector<state::LogEntry>& entries, const HistoryOptions& options) {
  int64_t run = 0;
  for (const state::LogEntry& entry : entries) {
    if (entry.run != run) fmt::print("run {}   {}\n", entry.run, to_the_second(entry.started_at));
    run = entry.run;
    fmt::print("  {:<10}{}\n", entry.status, entity_line(entry.report));
    // Whoever names a run wants to know all of it.
    if (options.run) fmt::print("{}", error_lines(entry.report));
  }
  if (int64_t(entries.size()) == options.entries_max)
    fmt::print("there may be more: --limit {} shows twice as many\n", 2 * options.entries_max);
  if (entries.empty()) fmt::print("no runs yet: `syncline sync` makes the first\n");
}

}  // namespace

int log(const CommonOptions& common, const HistoryOptions& options) {
  const auto history = open_history(common);
  if (!history) return print_error(common, history.error());
  const auto entries = history->store->read_log(options.run, options.entries_max);
  if (!entries) return print_error(common, entries.error());
  if (options.run && entries->empty()) {
    if (const auto there = check_run(*history->store, *options.run); !there) return print_error(common, there.error());
  }
  common.output == CommonOptions::Output::Json ? print_list(*entries) : print_text(*entries, options);
  return base::exit_code::Ok;
}

}  // namespace syncline::apps
