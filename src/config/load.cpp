// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "config/project.hpp"
#include "config/read/connector_file.hpp"
#include "config/read/connector_library.hpp"
#include "config/read/cross_checks.hpp"
#include "config/read/entity_file.hpp"
#include "config/read/project_file.hpp"
#include "config/read/rules_file.hpp"
#include "config/read/text_file.hpp"

namespace syncline::config {
namespace {

/// File and line order; what two accounts find in one connector is said once.
void put_in_order(std::vector<Problem>& problems) {
  const auto order = [](const Problem& p) { return std::tie(p.place.file, p.place.line, p.place.column, p.message); };
  std::sort(problems.begin(), problems.end(), [&](const Problem& a, const Problem& b) { return order(a) < order(b); });
  const auto same = [&](const Problem& a, const Problem& b) { return order(a) == order(b); };
  problems.erase(std::unique(problems.begin(), problems.end(), same), problems.end());
}

Surroundings read_surroundings(const LoadOptions& options, std::vector<Problem>& problems) {
  Surroundings surroundings;
  surroundings.environment = options.environment;
  std::error_code ignored;
  surroundings.dotenv_exists = std::filesystem::exists(options.folder / ".env", ignored);
  if (!surroundings.dotenv_exists) return surroundings;
  if (const auto text = read_text_file(options.folder / ".env", ".env")) {
    surroundings.dotenv = parse_dotenv(*text, ".env", problems);
  } else {
    problems.push_back(text.error());
  }
  return surroundings;
}

/// The accounts an entity's file names, as many as it is read for; at least one, which may be "".
std::vector<std::string> accounts_of(const FileTree& file, const Surroundings& surroundings) {
  const yaml::Tree::Entry* account = file.root.entry("account");
  if (!account) return {""};
  const auto name_of = [&](const yaml::Tree& node) { return Variables(surroundings, nullptr).replace(node.text).text; };
  if (account->value.kind != yaml::Tree::Kind::List || account->value.items.empty()) return {name_of(account->value)};
  std::vector<std::string> names;
  for (const yaml::Tree& item : account->value.items) {
    std::string name = name_of(item);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

/// The settings an entity may use are those of its account.
Settings settings_of(const std::string& account, const ProjectFile& project) {
  const auto known = project.settings.find(account);
  return known == project.settings.end() ? Settings{{}, true} : known->second;
}

EntityFile read_entity(FileTree file, const Surroundings& surroundings, const Settings& settings, std::vector<Problem>& problems) {
  const Variables variables(surroundings, &settings);
  EntityFile read;
  read.entity = read_entity_file(Reading(file.shown, variables, problems), file.root, file.name);
  read.file = std::move(file);
  check_columns(read, problems);
  return read;
}

RuleSet read_rules(const FileTree& file, const Surroundings& surroundings, std::vector<Problem>& problems) {
  const Variables variables(surroundings, nullptr);
  return read_rules_file(Reading(file.shown, variables, problems), file.root, file.name);
}

/// A file that cannot be read still has its name, so that nobody who speaks of it is blamed.
ProjectFile read_everything(const LoadOptions& options, std::vector<Problem>& problems) {
  const Surroundings surroundings = read_surroundings(options, problems);
  ConnectorLibrary connectors(options, problems);
  const FileTree file = read_file_tree(options.folder / "syncline.yaml", "syncline.yaml", problems);
  ProjectFile result;
  if (file.readable) result = read_project_file(options, surroundings, connectors, file, problems);
  Project& project = result.project;

  for (const FileTree& file_of_rules : read_folder(options.folder, "rules", problems)) {
    RuleSet rules;
    rules.name = file_of_rules.name;
    if (file_of_rules.readable) rules = read_rules(file_of_rules, surroundings, problems);
    project.rules.push_back(std::move(rules));
  }
  std::vector<EntityFile> entities;
  for (FileTree& entity : read_folder(options.folder, "entities", problems)) {
    if (entity.readable) {
      for (const std::string& account : accounts_of(entity, surroundings)) {
        entities.push_back(read_entity(entity, surroundings, settings_of(account, result), problems));
        if (!entities.back().entity.account.empty()) entities.back().entity.account = account;
      }
    } else {
      Entity unread;
      unread.name = entity.name;
      entities.push_back({std::move(unread), std::move(entity)});
    }
  }
  check_across_files(project, !project.accounts.empty(), entities, problems);
  for (EntityFile& it : entities) {
    if (!it.entity.batch_rows) it.entity.batch_rows = project.batch_rows;
    project.entities.push_back(std::move(it.entity));
  }
  return result;
}

/// Said only where nothing else is wrong: a folder that is misnamed or in another place must not look like a sync that succeeds.
Problem no_entities(const std::filesystem::path& folder) {
  return {{"entities", 1, 1},
          fmt::format("there are no entities/*.yaml in {}, so there is nothing to sync: write one for each of your tables, with the stream "
                      "that goes into it",
                      folder.string())};
}

void lint_connector(const LoadOptions& options, const Surroundings& surroundings, const FileTree& file, const std::string& name,
                    std::vector<Problem>& problems) {
  const Variables without_settings(surroundings, nullptr);
  const Settings settings = default_settings(read_settings(Reading(file.shown, without_settings, problems), file.root));
  const Variables with_settings(surroundings, &settings);
  const Connector connector = read_connector_file(Reading(file.shown, with_settings, problems), file.root, name, options.vocabulary);
}

void lint_file(const LoadOptions& options, const Surroundings& surroundings, const std::filesystem::path& path,
               std::vector<Problem>& problems) {
  const std::string shown = shown_path(path, options.folder);
  const std::filesystem::path absolute = std::filesystem::absolute(path).lexically_normal();
  const std::string name = absolute.filename().string(), folder = absolute.parent_path().filename().string();
  const bool is_yaml = absolute.extension() == ".yaml";
  const bool is_project = name == "syncline.yaml", is_connector = name == "connector.yaml";
  const bool is_entity = is_yaml && folder == "entities", is_rules = is_yaml && folder == "rules";
  if (!is_project && !is_connector && !is_entity && !is_rules) {
    problems.push_back(
        {{shown, 1, 1},
         "is no file of a project; lint knows syncline.yaml, entities/*.yaml, rules/*.yaml and connectors/*/connector.yaml"});
    return;
  }
  FileTree file = read_file_tree(path, shown, problems);
  if (!file.readable) return;
  if (is_entity) {
    read_entity(std::move(file), surroundings, Settings{{}, true}, problems);
  } else if (is_rules) {
    const RuleSet rules = read_rules(file, surroundings, problems);
  } else if (is_connector) {
    lint_connector(options, surroundings, file, folder, problems);
  } else {
    ConnectorLibrary connectors(options, problems);
    const ProjectFile project = read_project_file(options, surroundings, connectors, file, problems);
  }
}

}  // namespace

tl::expected<Project, std::vector<Problem>> load_project(const LoadOptions& options) {
  std::vector<Problem> problems;
  ProjectFile read = read_everything(options, problems);
  if (problems.empty() && read.project.entities.empty()) problems.push_back(no_entities(options.folder));
  if (problems.empty()) return std::move(read.project);
  put_in_order(problems);
  return tl::unexpected(std::move(problems));
}

std::vector<Problem> lint_files(const LoadOptions& options, const std::vector<std::filesystem::path>& files) {
  std::vector<Problem> problems;
  Surroundings surroundings = read_surroundings(options, problems);
  surroundings.unset_is_unknown = true;
  for (const std::filesystem::path& file : files) lint_file(options, surroundings, file, problems);
  put_in_order(problems);
  return problems;
}

}  // namespace syncline::config
