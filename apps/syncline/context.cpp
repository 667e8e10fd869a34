// SPDX-License-Identifier: Apache-2.0
#include "context.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "base/text.hpp"
#include "extract/extract.hpp"

namespace syncline::apps {
namespace {

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

std::filesystem::path program_folder() {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? std::filesystem::path(".") : program.parent_path();
}

}  // namespace

std::vector<std::filesystem::path> connector_folders() {
  std::vector<std::filesystem::path> out;
  if (const auto named = environment("SYNCLINE_CONNECTORS")) out.emplace_back(*named);
  // Installed beside the program, or built in build/PRESET of a checkout.
  for (const char* relative : {"connectors", "../share/syncline/connectors", "../../connectors"}) {
    const auto folder = (program_folder() / relative).lexically_normal();
    if (std::filesystem::is_directory(folder)) out.push_back(folder);
  }
  return out;
}

base::Result<config::LoadOptions> load_options(const CommonOptions& common) {
  const std::filesystem::path folder = TRY(config::find_project(common.project.empty() ? std::filesystem::current_path() : common.project));
  return config::LoadOptions{folder, connector_folders(), extract::vocabulary(), environment};
}

base::Result<config::Project> open_project(const CommonOptions& common) {
  const config::LoadOptions options = TRY(load_options(common));
  auto project = config::load_project(options);
  if (project) return *std::move(project);
  std::vector<std::string> lines;
  for (const config::Problem& problem : project.error()) lines.push_back(to_string(problem));
  return base::fail({base::ErrorKind::BadConfig, base::Side::Files, base::joined(lines, "\n"), "bad_files", "", {}});
}

base::Result<std::unique_ptr<sql::Connection>> open_database(const config::Project& project) {
  if (project.database.empty()) {
    return base::fail({base::ErrorKind::BadConfig,
                       base::Side::Files,
                       fmt::format("`database:` has no value: {}", base::joined(project.missing_variables, "; ")),
                       "no_database",
                       "",
                       {}});
  }
  constexpr std::string_view scheme = "sqlite:";
  std::string url = project.database.reveal();
  if (url.starts_with(scheme)) url = std::string(scheme) + (project.folder / url.substr(scheme.size())).string();
  return sql::connect(base::Secret(url), {});
}

}  // namespace syncline::apps
