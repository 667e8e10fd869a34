// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

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

void print_text(const std::vector<state::LogEntry>& entries, const HistoryOptions& options) {
  int64_t run = 0;
  for (const state::LogEntry& entry : entries) {
    if (entry.run != run) fmt::print("run {}   {}\n", entry.run, entry.started_at);
    run = entry.run;
    fmt::print("{}   {}\n", entity_line(entry.report), entry.status);
  }
  if (!entries.empty()) return;
  if (options.run) {
    fmt::print("there is no run {} in the log; `syncline log` shows those there are\n", *options.run);
  } else {
    fmt::print("no runs yet: `syncline sync` makes the first\n");
  }
}

}  // namespace

int log(const CommonOptions& common, const HistoryOptions& options) {
  const auto history = open_history(common);
  if (!history) return print_error(common, history.error());
  const auto entries = history->store->read_log(options.run, options.entries_max);
  if (!entries) return print_error(common, entries.error());
  common.output == CommonOptions::Output::Json ? print_list(*entries) : print_text(*entries, options);
  return base::exit_code::Ok;
}

}  // namespace syncline::apps
