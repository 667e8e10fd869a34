// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.hpp"
#include "commands.hpp"
#include "context.hpp"
#include "history.hpp"
#include "output.hpp"
#include "state/store.hpp"

namespace syncline::apps {
namespace {

void print_list(const std::vector<state::StoredReject>& rejects) {
  Json list = Json::array();
  for (const state::StoredReject& r : rejects) {
    list.push_back({{"id", r.id},
                    {"run", r.run},
                    {"entity", r.entity},
                    {"account", r.account},
                    {"stage", r.reject.stage},
                    {"key", r.reject.key},
                    {"field", r.reject.field},
                    {"code", r.reject.code},
                    {"reason", r.reject.reason},
                    {"value", r.reject.value},
                    {"payload", r.reject.payload},
                    {"created_at", r.created_at}});
  }
  print_json({{"rejects", list}});
}

void print_text(const std::vector<state::StoredReject>& rejects, const HistoryOptions& options) {
  int64_t run = 0;
  for (const state::StoredReject& r : rejects) {
    if (r.run != run) fmt::print("run {}\n", r.run);
    run = r.run;
    fmt::print("  {} {}   {}{}{} ({}): {}\n", r.entity, r.reject.key.empty() ? "(no key)" : base::shown(r.reject.key, 60), r.reject.stage,
               r.reject.field.empty() ? "" : ", ", r.reject.field, r.reject.code, base::shown(r.reject.reason, 400));
    fmt::print("      {}\n", base::shown(r.reject.payload, 300));
  }
  if (int64_t(rejects.size()) == options.entries_max)
    fmt::print("there may be more: --limit {} shows twice as many\n", 2 * options.entries_max);
  if (!rejects.empty()) return;
  fmt::print("{}\n", options.run ? fmt::format("no rejects in run {}", *options.run) : "no rejects");
}

}  // namespace

int rejects(const CommonOptions& common, const HistoryOptions& options) {
  const auto history = open_history(common);
  if (!history) return print_error(common, history.error());
  const auto list = history->store->read_rejects(options.run, options.entries_max);
  if (!list) return print_error(common, list.error());
  if (options.run && list->empty()) {
    if (const auto there = check_run(*history->store, *options.run); !there) return print_error(common, there.error());
  }
  common.output == CommonOptions::Output::Json ? print_list(*list) : print_text(*list, options);
  return base::exit_code::Ok;
}

}  // namespace syncline::apps
