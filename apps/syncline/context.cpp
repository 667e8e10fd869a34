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

/// SQLSTATEs that a person can do something about.
constexpr std::string_view LockTimeout = "55P03", CannotConnect = "08001";

/// Whether the server, the database or the role that the URL names is not to be had: also SQLSTATE classes 28 and 3D.
bool is_unreachable(std::string_view code) { return code == CannotConnect || code.starts_with("28") || code.starts_with("3D"); }

/// The file of an SQLite database; "" for any other.
std::string sqlite_file(const config::Project& project) {
  constexpr std::string_view scheme = "sqlite:";
  const std::string& url = project.database.reveal();
  return url.starts_with(scheme) ? url.substr(scheme.size()) : "";
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

base::Result<std::unique_ptr<sql::Connection>> open_database(const config::Project& project, sql::ConnectOptions::Access access) {
  if (project.database.empty()) {
    return base::fail({base::ErrorKind::BadConfig,
                       base::Side::Files,
                       fmt::format("`database:` has no value: {}", base::joined(project.missing_variables, "; ")),
                       "no_database",
                       "",
                       {}});
  }
  sql::ConnectOptions connect_options;
  connect_options.access = access;
  auto connection = sql::connect(project.database, connect_options);
  if (!connection) return base::fail(with_database_advice(std::move(connection).error(), project));
  return connection;
}

std::string database_advice(std::string_view code, const config::Project& project) {
  const std::string file = sqlite_file(project);
  std::error_code ignored;
  if (code == LockTimeout) {
    return file.empty()
               ? "; another session holds a lock on the table: see pg_stat_activity, end it or let it finish, and try again"
               : fmt::format("; another program is writing to {}, or has left a transaction open: let it finish, and try again", file);
  }
  constexpr std::string_view named = "`database:` in syncline.yaml names it, or DATABASE_URL in the environment or .env";
  if (file.empty()) return is_unreachable(code) ? fmt::format("; {}", named) : "";
  if (code != CannotConnect || std::filesystem::exists(file, ignored)) return "";
  return fmt::format("; {}. Mend the name, or make the file first, with the tables to sync into", named);
}

base::Error with_database_advice(base::Error error, const config::Project& project) {
  if (error.side == base::Side::Database) error.message += database_advice(error.code, project);
  return error;
}

}  // namespace syncline::apps
