// SPDX-License-Identifier: Apache-2.0
#include "config/project.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/text.hpp"

namespace syncline::config {
namespace {

template <class Named>
const Named* find_named(const std::vector<Named>& all, std::string_view wanted) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == wanted; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::string to_string(const Problem& problem) {
  return fmt::format("{}:{}:{}: {}", problem.place.file, problem.place.line, problem.place.column, problem.message);
}

std::string_view Options::text(std::string_view option) const {
  const auto found = values.find(option);
  return found == values.end() ? std::string_view() : std::string_view(found->second);
}

int64_t Options::integer(std::string_view option) const {
  const std::string_view digits = text(option);
  int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

bool Options::boolean(std::string_view option) const { return text(option) == "true"; }

const Stream* Connector::stream(std::string_view wanted) const { return find_named(streams, wanted); }
const Account* Project::account(std::string_view wanted) const { return find_named(accounts, wanted); }
const Entity* Project::entity(std::string_view wanted) const { return find_named(entities, wanted); }
const RuleSet* Project::rule_set(std::string_view wanted) const { return find_named(rules, wanted); }

base::Result<std::filesystem::path> find_project(const std::filesystem::path& start) {
  const std::filesystem::path folder = std::filesystem::absolute(start).lexically_normal();
  for (std::filesystem::path at = folder;; at = at.parent_path()) {
    std::error_code ignored;
    if (std::filesystem::exists(at / "syncline.yaml", ignored)) return at;
    if (at == at.parent_path()) break;
  }
  base::Error error;
  error.kind = base::ErrorKind::BadConfig;
  error.side = base::Side::Files;
  error.message = fmt::format(
      "there is no syncline.yaml in {} or a folder above it; go to your project, name it with --project, or begin one with `syncline init "
      "DIR --connector NAME`",
      base::shown(folder.string()));
  return base::fail(std::move(error));
}

}  // namespace syncline::config
