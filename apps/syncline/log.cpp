// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.hpp"
#include "context.hpp"
#include "history.hpp"
#include "report_json.hpp"
#include "report_text.hpp"
#include "state/store.hpp"

namespace syncline::apps {
namespace {

void print_json(const std::vector<state::LogEntry>& entries) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const state::LogEntry& entry : entries) {
    nlohmann::ordered_json row{
        {"run", entry.run}, {"status", entry.status}, {"started_at", entry.started_at}, {"completed_at", entry.completed_at}};
    row.update(entity_json(entry.report));
    list.push_back(std::move(row));
  }
  fmt::print("{}\n", json_text({{"log", list}}));
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
  common.output == CommonOptions::Output::Json ? print_json(*entries) : print_text(*entries, options);
  return base::exit_code::Ok;
}

}  // namespace syncline::apps
