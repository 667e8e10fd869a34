// SPDX-License-Identifier: Apache-2.0
#include "config/read/project_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "base/text.hpp"
#include "config/read/account.hpp"
#include "config/read/batch_rows.hpp"

namespace syncline::config {
namespace {

/// Leaves room for the longest of our tables' names and its indexes in PostgreSQL's 63 bytes.
constexpr size_t PrefixBytesMax = 32;

void check_version(const Reading& reading, const Keys& keys) {
  const Tree* version = keys.required("syncline", "`syncline: 1`, the version of these files' format");
  const std::optional<std::string> text = version ? reading.text(*version, "syncline") : std::nullopt;
  if (text && *text != "1")
    reading.problem(version->spot, fmt::format("this program reads format version 1, not `{}`", base::shown(*text, 20)));
}

/// A password inside a URL shows up in messages of libraries without the rest of it.
void remember_password(std::string_view url) {
  const size_t scheme = url.find("://"), at = url.rfind('@');
  if (scheme == std::string_view::npos || at == std::string_view::npos || at < scheme + 3) return;
  const std::string_view user_info = url.substr(scheme + 3, at - scheme - 3);
  if (const size_t colon = user_info.find(':'); colon != std::string_view::npos) base::Secret{std::string(user_info.substr(colon + 1))};
}

void read_database(const Reading& reading, const Tree& node, Project& project) {
  constexpr std::string_view sqlite = "sqlite:";
  const std::optional<std::string> url = reading.credential(node, "database", project.missing_variables);
  if (!url || !project.missing_variables.empty()) return;
  const bool is_postgres = url->starts_with("postgresql://") || url->starts_with("postgres://");
  const bool is_sqlite = url->starts_with(sqlite) && url->size() > sqlite.size();
  if (!is_postgres && !is_sqlite) {
    // The text may hold a password, so it is not shown.
    return reading.problem(node.spot, "`database` must begin with postgresql:// or sqlite:, such as sqlite:studio.db");
  }
  remember_password(*url);
  // A relative file belongs to the project, wherever the program is started.
  const std::string file = is_sqlite ? url->substr(sqlite.size()) : std::string();
  const bool in_project = is_sqlite && !file.starts_with(':');
  project.database = base::Secret(in_project ? std::string(sqlite) + (project.folder / file).lexically_normal().string() : *url);
}

void read_network(const Reading& reading, const Tree& node, Project& project) {
  const Keys keys(reading, node, "`network`", {"allow_private", "ca_file"});
  if (const Tree* allow = keys.find("allow_private")) project.allow_private = reading.boolean(*allow, "allow_private").value_or(false);
  const Tree* ca_file = keys.find("ca_file");
  const std::optional<std::string> name = ca_file ? reading.filled_text(*ca_file, "ca_file") : std::nullopt;
  if (!name) return;
  const std::filesystem::path file = (project.folder / *name).lexically_normal();
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    reading.problem(ca_file->spot,
                    fmt::format("`ca_file` is no file: {}; name a PEM file, seen from the project's folder", base::shown(file.string())));
  }
  project.ca_file = file.string();
}

void read_tables_prefix(const Reading& reading, const Tree& node, Project& project) {
  project.tables_prefix = reading.filled_text(node, "tables_prefix").value_or("");
  const bool is_plain = std::all_of(project.tables_prefix.begin(), project.tables_prefix.end(),
                                    [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  const bool begins_with_digit =
      !project.tables_prefix.empty() && project.tables_prefix.front() <= '9' && project.tables_prefix.front() >= '0';
  if (is_plain && !begins_with_digit && project.tables_prefix.size() <= PrefixBytesMax) return;
  reading.problem(node.spot, fmt::format("`tables_prefix` has a to z, 0 to 9 and _ only, no digit first, and at most {} of them, not `{}`",
                                         PrefixBytesMax, base::shown(project.tables_prefix, 60)));
}

}  // namespace

ProjectFile read_project_file(const LoadOptions& options, const Surroundings& surroundings, ConnectorLibrary& connectors,
                              const FileTree& file, std::vector<Problem>& problems) {
  const Variables variables(surroundings, nullptr);
  const Reading reading(file.shown, variables, problems);
  const Keys keys(reading, file.root, "syncline.yaml", {"syncline", "database", "network", "tables_prefix", "batch_rows", "accounts"});
  ProjectFile result;
  Project& project = result.project;
  project.folder = std::filesystem::absolute(options.folder).lexically_normal();
  check_version(reading, keys);
  if (const Tree* database = keys.required("database", "`database: sqlite:studio.db` or a postgresql:// URL"))
    read_database(reading, *database, project);
  if (const Tree* network = keys.find("network")) read_network(reading, *network, project);
  if (const Tree* prefix = keys.find("tables_prefix")) read_tables_prefix(reading, *prefix, project);
  if (const Tree* rows = keys.find("batch_rows")) project.batch_rows = read_batch_rows(reading, *rows);
  if (const Tree* accounts = keys.required("accounts", "`accounts:` and a map of them")) {
    AccountReader reader{reading, surroundings, options.vocabulary, connectors, problems};
    for (const Tree::Entry& entry : entries_of(reading, *accounts, "accounts", "{name: {connector: …, auth: …}}")) {
      AccountRead read = reader.read(entry);
      project.accounts.push_back(std::move(read.account));
      result.settings[entry.key] = std::move(read.settings);
    }
    if (accounts->kind == Tree::Kind::Map && accounts->entries.empty())
      reading.problem(accounts->spot, "`accounts` is empty; describe one");
  }
  return result;
}

}  // namespace syncline::config
