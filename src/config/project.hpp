// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "config/connector.hpp"
#include "config/entity.hpp"
#include "config/options.hpp"

namespace syncline::config {

/// A connector + settings + credentials.
struct Account {
  std::string name;
  Connector connector;        ///< as this account sees it: its settings are filled in
  std::vector<Options> auth;  ///< the methods to try, in order, with their credentials
  Place place;
};

/// Everything a user wrote, checked and immutable.
struct Project {
  std::filesystem::path folder;
  base::Secret database;                       ///< the URL; empty if a variable is missing
  std::vector<std::string> missing_variables;  ///< that `database` needs
  bool allow_private = false;
  std::string ca_file;                ///< absolute
  std::string tables_prefix;          ///< `tables_prefix:`; empty: none
  std::optional<int64_t> batch_rows;  ///< `batch_rows:` of entities that say nothing; they have it already
  std::vector<Account> accounts;
  std::vector<Entity> entities;  ///< in file-name order
  std::vector<RuleSet> rules;

  [[nodiscard]] const Account* account(std::string_view name) const;
  [[nodiscard]] const Entity* entity(std::string_view name) const;
  [[nodiscard]] const RuleSet* rule_set(std::string_view name) const;
};

/// What a project is read with.
struct LoadOptions {
  std::filesystem::path folder;                          ///< holds syncline.yaml
  std::vector<std::filesystem::path> connector_folders;  ///< searched after folder/connectors: where the shipped ones are
  Vocabulary vocabulary;
  std::function<std::optional<std::string>(const std::string&)> environment;  ///< getenv, or a test's own
};

/// The folder at or above `start` that holds syncline.yaml.
base::Result<std::filesystem::path> find_project(const std::filesystem::path& start);

/// Reads and checks every file of the project; all problems at once, in file and line order.
tl::expected<Project, std::vector<Problem>> load_project(const LoadOptions& options);

/// Checks the shape of single files (a connector, entity or rule file is known by its folder); for `lint FILE…`.
std::vector<Problem> lint_files(const LoadOptions& options, const std::vector<std::filesystem::path>& files);

}  // namespace syncline::config
