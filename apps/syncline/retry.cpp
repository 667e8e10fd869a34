// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

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

base::Result<record::RunReport> run(const CommonOptions& common, const RetryOptions& options) {
  const config::Project project = TRY(open_project(common));
  const auto connection = TRY(open_database(project, sql::ConnectOptions::Access::Write));
  const record::RunReport report =
      TRY(in_real_worlds(project, *connection, [&](const sync::Worlds& worlds) { return sync::retry(project, worlds, options.run); }));
  if (report.entities.empty()) {
    state::Store store(*connection, project.tables_prefix);
    TRY(check_run(store, options.run));
  }
  return report;
}

}  // namespace

int retry(const CommonOptions& common, const RetryOptions& options) {
  const auto report = run(common, options);
  if (!report) return print_error(common, report.error());
  if (common.output == CommonOptions::Output::Json) {
    print_json(report_json(*report));
  } else if (report->entities.empty()) {
    fmt::print("no rejects in run {}: nothing to try again\n", options.run);
  } else {
    fmt::print("{}", report_text(*report));
  }
  return report->exit_code;
}

}  // namespace syncline::apps
