// SPDX-License-Identifier: Apache-2.0
#include "config/read/blame.hpp"

#include <fmt/format.h>

#include <string>

namespace syncline::config {
namespace {

constexpr std::string_view SettingPrefix = "settings.";

/// The text that stands at a place; nullptr if what stands there is none.
const yaml::Tree* text_at(const yaml::Tree& tree, const Place& place) {
  if (tree.kind == yaml::Tree::Kind::Scalar && tree.spot.line == place.line && tree.spot.column == place.column) return &tree;
  for (const yaml::Tree& item : tree.items) {
    if (const yaml::Tree* found = text_at(item, place)) return found;
  }
  for (const yaml::Tree::Entry& entry : tree.entries) {
    if (const yaml::Tree* found = text_at(entry.value, place)) return found;
  }
  return nullptr;
}

void move(Problem& problem, const Place& to, std::string_view what) {
  problem.message += fmt::format(" ({} is used in {}:{}:{})", what, problem.place.file, problem.place.line, problem.place.column);
  problem.place = to;
}

}  // namespace

void blame_the_account(std::vector<Problem>& problems, const yaml::Tree& connector, const Blamed& blamed) {
  for (Problem& problem : problems) {
    const yaml::Tree* text = text_at(connector, problem.place);
    if (!text) continue;
    for (const std::string& name : blamed.variables.replace(text->text).used) {
      const bool is_setting = name.starts_with(SettingPrefix);
      const std::string setting = is_setting ? name.substr(SettingPrefix.size()) : "";
      const std::optional<Place> place = is_setting ? blamed.written(setting) : std::optional(blamed.account);
      if (!place) continue;  // the connector's own default
      move(problem, *place, is_setting ? fmt::format("the setting `{}`", setting) : name + " of the environment or .env");
      break;
    }
  }
}

}  // namespace syncline::config
