// SPDX-License-Identifier: Apache-2.0
#include "config/read/variables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "config/read/suggestion.hpp"

namespace syncline::config {
namespace {

constexpr int DepthMax = 8;

bool is_name_char(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

/// Where the `}` stands that closes the `${` before `text`; npos if there is none.
size_t closing_brace(std::string_view text) {
  int open = 1;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '}' && --open == 0) return at;
    if (text[at] == '{' && at > 0 && text[at - 1] == '$') ++open;
  }
  return std::string_view::npos;
}

}  // namespace

bool is_variable_name(std::string_view text) {
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') && std::all_of(text.begin(), text.end(), is_name_char);
}

Replaced Variables::replace(std::string_view text) const {
  Replaced out;
  replace_into(out, text, 0);
  return out;
}

void Variables::replace_into(Replaced& out, std::string_view text, int depth) const {
  if (depth > DepthMax) {
    out.errors.push_back(fmt::format("${{…}} is nested deeper than {} levels; write it flatter", DepthMax));
    return;
  }
  while (!text.empty()) {
    const size_t start = text.find("${");
    if (start == std::string_view::npos) break;
    if (start > 0 && text[start - 1] == '$') {
      out.text += text.substr(0, start - 1);
      out.text += "${";
      text.remove_prefix(start + 2);
      continue;
    }
    out.text += text.substr(0, start);
    text.remove_prefix(start + 2);
    const size_t end = closing_brace(text);
    if (end == std::string_view::npos) {
      out.errors.emplace_back("`${` is not closed with `}`; for a literal ${ write $${");
      return;
    }
    replace_one(out, text.substr(0, end), depth);
    text.remove_prefix(end + 1);
  }
  out.text += text;
}

void Variables::replace_one(Replaced& out, std::string_view inside, int depth) const {
  constexpr std::string_view settings_prefix = "settings.";
  if (inside.starts_with(settings_prefix)) return replace_setting(out, inside.substr(settings_prefix.size()));
  const size_t separator = inside.find(":-");
  const std::string name(inside.substr(0, separator));
  if (!is_variable_name(name)) {
    out.errors.push_back(
        fmt::format("`${{{}}}` is not known; write ${{NAME}}, ${{NAME:-default}} or ${{settings.name}}, and $${{ for a literal ${{",
                    base::shown(inside, 60)));
    return;
  }
  const std::optional<std::string> value = look_up(name);
  const bool is_filled = value && !value->empty();
  if (is_filled || separator == std::string_view::npos) out.used.push_back(name);
  if (is_filled) {
    out.text += *value;
  } else if (separator != std::string_view::npos) {
    replace_into(out, inside.substr(separator + 2), depth + 1);
  } else if (surroundings_.unset_is_unknown) {
    out.unknown = true;
  } else {
    out.missing.push_back(fmt::format("{} is {} (looked in: environment, .env{})", name, value ? "empty" : "not set",
                                      surroundings_.dotenv_exists ? "" : " (not there)"));
  }
}

void Variables::replace_setting(Replaced& out, std::string_view name) const {
  if (!settings_) {
    out.errors.emplace_back("${settings.…} has no meaning here: settings belong to an account, its connector and its entities");
    return;
  }
  const auto setting = settings_->values.find(name);
  if (setting == settings_->values.end() && settings_->open) {
    out.unknown = true;
  } else if (setting == settings_->values.end()) {
    std::vector<std::string> known;
    for (const auto& [known_name, value] : settings_->values) known.push_back(known_name);
    out.errors.push_back(fmt::format("the connector has no setting `{}`{}", base::shown(name, 60), suggestion(name, known)));
  } else if (!setting->second) {
    out.unknown = true;
  } else {
    out.used.push_back("settings." + std::string(name));
    out.text += *setting->second;
  }
}

std::optional<std::string> Variables::look_up(const std::string& name) const {
  std::optional<std::string> value = surroundings_.environment ? surroundings_.environment(name) : std::nullopt;
  if (value) return value;
  const auto found = surroundings_.dotenv.find(name);
  return found == surroundings_.dotenv.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace syncline::config
