// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.hpp"
#include "context.hpp"
#include "history.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "report_json.hpp"
#include "report_text.hpp"
#include "stop_signal.hpp"
#include "sync/run.hpp"

namespace syncline::apps {
namespace {

base::Result<record::RunReport> run(const CommonOptions& common, const RetryOptions& options) {
  const config::Project project = TRY(open_project(common));
  const auto connection = TRY(open_database(project, sql::ConnectOptions::Access::Write));
  base::SystemClock clock;
  base::Random random = base::Random::from_entropy();
  StopSignal stop;
  ProgressLine progress(clock, ProgressLine::output_of_stderr());
  const http::Network network{project.allow_private, project.ca_file};
  const sync::Worlds worlds{clock, random, [&] { return http::curl_transport(network, {}, {}); }, *connection, progress, stop.token()};
  auto report = sync::retry(project, worlds, options.run);
  if (!report) return base::fail(with_database_advice(std::move(report).error(), project));
  if (report->entities.empty()) {
    state::Store store(*connection, project.tables_prefix);
    TRY(check_run(store, options.run));
  }
  for (record::EntityReport& entity : report->entities) {
    for (record::ErrorSummary& error : entity.errors) error.message += database_advice(error.code, project);
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
