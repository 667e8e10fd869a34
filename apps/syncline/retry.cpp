// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.hpp"
#include "commands.hpp"
#include "context.hpp"
#include "history.hpp"
#include "output.hpp"
#include "real_worlds.hpp"
#include "report_json.hpp"
#include "report_text.hpp"
#include "sync/run.hpp"

namespace syncline::apps {
namespace {

struct Outcome {
  record::RunReport report;
  int64_t deletes = 0;  ///< where the report has no entity: rejects of the run that are no records
};

base::Result<Outcome> run(const CommonOptions& common, const RetryOptions& options) {
  const config::Project project = TRY(open_project(common));
  const auto connection = TRY(open_database(project, sql::ConnectOptions::Access::Write));
  Outcome outcome{
      TRY(in_real_worlds(project, *connection, [&](const sync::Worlds& worlds) { return sync::retry(project, worlds, options.run); })), 0};
  if (outcome.report.entities.empty()) {
    state::Store store(*connection, project.tables_prefix);
    TRY(check_run(store, options.run));
    outcome.deletes = TRY(store.count_delete_rejects(options.run));
  }
  return outcome;
}

/// Why nothing was tried.
std::string nothing_tried(int64_t run, int64_t deletes) {
  if (deletes == 0) return fmt::format("no rejects in run {}: nothing to try again", run);
  return fmt::format("{} of run {} {}, of which there is no record to try; `syncline sync --full` tries {} again",
                     deletes == 1 ? "1 reject" : fmt::format("{} rejects", base::with_thousands(deletes)), run,
                     deletes == 1 ? "is a delete" : "are deletes", deletes == 1 ? "it" : "them");
}

}  // namespace

int retry(const CommonOptions& common, const RetryOptions& options) {
  const auto outcome = run(common, options);
  if (!outcome) return print_error(common, outcome.error());
  const record::RunReport& report = outcome->report;
  if (common.output == CommonOptions::Output::Json) {
    print_json(report_json(report));
  } else if (report.entities.empty()) {
    fmt::print("{}\n", nothing_tried(options.run, outcome->deletes));
  } else {
    fmt::print("{}", report_text(report));
  }
  return report.exit_code;
}

}  // namespace syncline::apps
