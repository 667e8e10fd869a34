// SPDX-License-Identifier: Apache-2.0
#include "config/read/account.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "config/read/blame.hpp"
#include "config/read/family.hpp"
#include "config/read/suggestion.hpp"

namespace syncline::config {
namespace {

std::vector<std::string> names_of(const std::vector<Setting>& settings) {
  std::vector<std::string> names;
  names.reserve(settings.size());
  for (const Setting& setting : settings) names.push_back(setting.name);
  return names;
}

std::vector<std::string> names_of(const std::vector<Options>& methods) {
  std::vector<std::string> names;
  names.reserve(methods.size());
  for (const Options& method : methods) names.push_back(method.name);
  return names;
}

}  // namespace

AccountRead AccountReader::read(const Tree::Entry& entry) {
  const Keys keys(reading, entry.value, fmt::format("the account `{}`", base::shown(entry.key, 60)),
                  {"connector", "settings", "limits", "auth"});
  AccountRead result;
  result.account.name = entry.key;
  result.account.place = reading.place(entry.spot);
  const Tree* name = keys.required("connector", "`connector:` and its name");
  const FileTree* file = name ? find_connector(*name) : nullptr;
  if (!file || !file->readable) {
    result.settings.open = true;
    return result;
  }

  const Variables without_settings(surroundings, nullptr);
  const std::vector<Setting> declared = read_settings(Reading(file->shown, without_settings, problems), file->root);
  result.settings = fill_settings(declared, keys, file->name);
  const Variables with_settings(surroundings, &result.settings);
  Account& account = result.account;
  account.connector = read_connector(*file, with_settings, keys, account.place);
  if (const Tree* limits = keys.find("limits")) {
    if (const std::optional<Rate> rate = read_limits(reading, *limits)) {
      account.connector.rate_requests = rate->requests;
      account.connector.rate_window = rate->window;
    }
  }
  read_auth(keys, account);
  return result;
}

Connector AccountReader::read_connector(const FileTree& file, const Variables& variables, const Keys& keys, const Place& account) const {
  std::vector<Problem> found;
  Connector connector = read_connector_file(Reading(file.shown, variables, found), file.root, file.name, vocabulary);
  const auto written = [&](std::string_view setting) -> std::optional<Place> {
    const Tree* section = keys.find("settings");
    const Tree::Entry* entry = section ? section->entry(setting) : nullptr;
    return entry && entry->value.kind != Tree::Kind::Null ? std::optional(reading.place(entry->value.spot)) : std::nullopt;
  };
  blame_the_account(found, file.root, {variables, account, written});
  problems.insert(problems.end(), found.begin(), found.end());
  return connector;
}

const FileTree* AccountReader::find_connector(const Tree& node) {
  const std::optional<std::string> name = reading.filled_text(node, "connector");
  if (!name) return nullptr;
  const FileTree* file = connectors.find(*name);
  if (!file) {
    reading.problem(node.spot, fmt::format("there is no connector `{}` (looked in: {}){}", base::shown(*name, 60), connectors.looked_in(),
                                           suggestion(*name, connectors.names())));
  }
  return file;
}

Settings AccountReader::fill_settings(const std::vector<Setting>& declared, const Keys& keys, const std::string& connector) const {
  Settings settings;
  const Tree* section = keys.find("settings");
  static const std::vector<Tree::Entry> nothing;
  const std::vector<Tree::Entry>& written = section ? entries_of(reading, *section, "settings", "{name: text}") : nothing;
  for (const Setting& setting : declared) {
    const auto entry = std::find_if(written.begin(), written.end(), [&](const Tree::Entry& e) { return e.key == setting.name; });
    const bool is_written = entry != written.end() && entry->value.kind != Tree::Kind::Null;
    if (is_written) {
      settings.values[setting.name] =
          setting.required ? reading.filled_text(entry->value, setting.name) : reading.text(entry->value, setting.name);
    } else if (setting.required) {
      settings.values[setting.name] = std::nullopt;
      reading.problem(keys.spot("settings"), fmt::format("the setting `{}` of the connector {} is missing{}{}", setting.name, connector,
                                                         setting.help.empty() ? "" : ": ", setting.help));
    } else {
      settings.values[setting.name] = setting.fallback.value_or("");
    }
  }
  for (const Tree::Entry& entry : written) {
    if (settings.values.count(entry.key) != 0) continue;
    reading.problem(entry.spot, fmt::format("the connector {} has no setting `{}`{}", connector, base::shown(entry.key, 60),
                                            suggestion(entry.key, names_of(declared))));
  }
  return settings;
}

void AccountReader::read_auth(const Keys& keys, Account& account) const {
  const std::vector<std::string> known = names_of(account.connector.auth);
  const Tree* auth = keys.find("auth");
  if (!auth) {
    if (!known.empty())
      reading.problem(keys.spot("auth"), fmt::format("required key `auth` is missing; the connector {} knows {}", account.connector.name,
                                                     base::joined(known, ", ")));
    return;
  }
  const Family methods{"an auth method", vocabulary.account_auth, Unset::Record};
  const std::vector<Tree>& items = items_of(reading, *auth, "auth", "[{method: {option: value}}], in the order to try them");
  if (auth->kind == Tree::Kind::List && items.empty() && !known.empty()) reading.problem(auth->spot, "`auth` is empty" + all_of(known));
  for (const Tree& item : items) {
    std::optional<Options> options = read_member(reading, methods, item, "auth");
    if (!options) continue;
    if (std::find(known.begin(), known.end(), options->name) == known.end()) {
      problems.push_back({options->place, fmt::format("the connector {} does not know `{}`{}", account.connector.name, options->name,
                                                      known.empty() ? "; remove it" : all_of(known))});
    }
    account.auth.push_back(std::move(*options));
  }
}

}  // namespace syncline::config
