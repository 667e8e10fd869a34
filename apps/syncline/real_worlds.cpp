// SPDX-License-Identifier: Apache-2.0
#include "real_worlds.hpp"

#include "context.hpp"
#include "progress.hpp"
#include "stop_signal.hpp"

namespace syncline::apps {
namespace {

/// A role that only syncs cannot give itself a right, but it can learn which one it lacks. Row-level security is no matter of GRANTs.
std::string sync_advice(const record::ErrorSummary& error, const config::Project& project) {
  constexpr std::string_view NoRight = "42501";
  if (error.code == NoRight && error.message.find("row-level security") == std::string::npos)
    return "; `syncline plan`, run as the role that syncs, names the GRANTs that it lacks";
  return database_advice(error.code, project);
}

}  // namespace

base::Result<record::RunReport> in_real_worlds(const config::Project& project, sql::Connection& connection,
                                               const std::function<base::Result<record::RunReport>(const sync::Worlds&)>& work) {
  base::SystemClock clock;
  base::Random random = base::Random::from_entropy();
  StopSignal stop;
  ProgressLine progress(clock, ProgressLine::output_of_stderr());
  const http::Network network{project.allow_private, project.ca_file};
  auto report = work({clock, random, [&] { return http::curl_transport(network, {}, {}); }, connection, progress, stop.token(),
                      [&] { return open_database(project, sql::ConnectOptions::Access::Write); }});
  if (!report) return base::fail(with_database_advice(std::move(report).error(), project));
  for (record::EntityReport& entity : report->entities) {
    for (record::ErrorSummary& error : entity.errors) error.message += sync_advice(error, project);
  }
  return report;
}

}  // namespace syncline::apps
