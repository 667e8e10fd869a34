// SPDX-License-Identifier: Apache-2.0
#include "sync/run.hpp"

#include <fmt/format.h>

#include "base/time.hpp"
#include "commands.hpp"
#include "context.hpp"
#include "output.hpp"
#include "placeholder_host.hpp"
#include "real_worlds.hpp"
#include "report_json.hpp"
#include "report_text.hpp"

namespace syncline::apps {
namespace {

base::Result<std::optional<base::Date>> date_option(std::string_view option, const std::string& text) {
  if (text.empty()) return std::optional<base::Date>();
  const auto date = base::parse_date(text);
  if (!date) return base::fail(usage_error(fmt::format("{}: {}", option, date.error().message)));
  return std::optional(*date);
}

base::Result<sync::RunOptions> run_options(const SyncOptions& options) {
  sync::RunOptions out;
  out.entities = options.entities;
  out.days = options.days;
  out.start = TRY(date_option("--start-date", options.start_date));
  out.end = TRY(date_option("--end-date", options.end_date));
  if (out.start && out.end && *out.end <= *out.start) {
    return base::fail(usage_error("--end-date: it must come after --start-date: the last day is not part of the window"));
  }
  if (options.full && (out.start || out.end)) {
    return base::fail(usage_error("--full: it reads everything; leave out --start-date and --end-date, or --full"));
  }
  out.reach = options.full ? sync::RunOptions::Reach::Full : sync::RunOptions::Reach::Incremental;
  out.ending = options.dry_run ? sync::RunOptions::Ending::DryRun : sync::RunOptions::Ending::Commit;
  out.mass_delete_max = options.mass_delete_max;
  if (options.wait.empty()) return out;
  const auto wait = base::parse_duration(options.wait);
  if (!wait) return base::fail(usage_error("--wait: " + wait.error().message));
  out.wait = *wait;
  return out;
}

base::Result<record::RunReport> run(const CommonOptions& common, const SyncOptions& options) {
  const sync::RunOptions asked = TRY(run_options(options));
  const config::Project project = TRY(open_project(common));
  TRY(refuse_placeholder_hosts(project, options.entities));
  using Access = sql::ConnectOptions::Access;
  const auto connection = TRY(open_database(project, asked.ending == sync::RunOptions::Ending::Commit ? Access::Write : Access::Read));
  return in_real_worlds(project, *connection, [&](const sync::Worlds& worlds) { return sync::run(project, worlds, asked); });
}

}  // namespace

int sync(const CommonOptions& common, const SyncOptions& options) {
  const auto report = run(common, options);
  if (!report) return print_error(common, report.error());
  if (common.output == CommonOptions::Output::Json) {
    print_json(report_json(*report));
  } else {
    fmt::print("{}", report_text(*report));
  }
  return report->exit_code;
}

}  // namespace syncline::apps
