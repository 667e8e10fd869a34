// SPDX-License-Identifier: Apache-2.0
#include "config/read/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/check.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "config/read/suggestion.hpp"

namespace syncline::config {

std::string_view name_of(Tree::Kind kind) {
  switch (kind) {
    case Tree::Kind::Null:
      return "nothing";
    case Tree::Kind::Scalar:
      return "a text";
    case Tree::Kind::List:
      return "a list";
    case Tree::Kind::Map:
      return "a map";
  }
  return "";
}

void Reading::report_errors(const Tree& node, const Replaced& replaced) const {
  for (const std::string& error : replaced.errors) problem(node.spot, error);
}

std::optional<Replaced> Reading::replaced(const Tree& node, std::string_view name) const {
  if (node.kind != Tree::Kind::Scalar) {
    problem(node.spot, fmt::format("`{}` must be a text, not {}", name, name_of(node.kind)));
    return std::nullopt;
  }
  Replaced replaced = variables_.replace(node.text);
  report_errors(node, replaced);
  return replaced;
}

std::optional<std::string> Reading::text(const Tree& node, std::string_view name) const {
  std::optional<Replaced> found = replaced(node, name);
  if (!found) return std::nullopt;
  for (const std::string& missing : found->missing)
    problem(node.spot, fmt::format("{}; set it, or write a default: ${{NAME:-default}}", missing));
  return found->usable() ? std::optional(std::move(found->text)) : std::nullopt;
}

std::optional<std::string> Reading::filled_text(const Tree& node, std::string_view name) const {
  std::optional<std::string> found = text(node, name);
  if (!found || !base::trim(*found).empty()) return found;
  problem(node.spot, fmt::format("`{}` is empty; write a value", name));
  return std::nullopt;
}

std::optional<std::string> Reading::credential(const Tree& node, std::string_view name, std::vector<std::string>& missing) const {
  std::optional<Replaced> found = replaced(node, name);
  if (!found || found->unknown || !found->errors.empty()) return std::nullopt;
  if (found->missing.empty()) return std::move(found->text);
  missing.insert(missing.end(), found->missing.begin(), found->missing.end());
  return std::string();
}

std::optional<bool> Reading::boolean(const Tree& node, std::string_view name) const {
  return word<bool>(node, name, {{"true", true}, {"false", false}});
}

std::optional<int64_t> Reading::integer(const Tree& node, std::string_view name) const {
  const std::optional<std::string> found = text(node, name);
  if (!found) return std::nullopt;
  int64_t number = 0;
  const char* end = found->data() + found->size();
  const auto [stopped, error] = std::from_chars(found->data(), end, number);
  if (error == std::errc() && stopped == end) return number;
  problem(node.spot, fmt::format("`{}` must be a whole number, not `{}`", name, base::shown(*found, 60)));
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> Reading::duration(const Tree& node, std::string_view name) const {
  const std::optional<std::string> found = text(node, name);
  if (!found) return std::nullopt;
  if (auto duration = base::parse_duration(*found)) return *duration;
  problem(node.spot, fmt::format("`{}` must be a duration such as 500ms, 3s, 5m, 2h or 1d, not `{}`", name, base::shown(*found, 60)));
  return std::nullopt;
}

std::optional<size_t> Reading::word_index(const Tree& node, std::string_view name, const std::vector<std::string>& words) const {
  // `null` is a word of its own here, and YAML's for nothing.
  const std::optional<std::string> found = node.kind == Tree::Kind::Null ? std::optional<std::string>("null") : text(node, name);
  if (!found) return std::nullopt;
  const auto word = std::find(words.begin(), words.end(), *found);
  if (word != words.end()) return size_t(word - words.begin());
  problem(node.spot, fmt::format("`{}` cannot be `{}`{}", name, base::shown(*found, 60), all_of(words)));
  return std::nullopt;
}

const std::vector<Tree::Entry>& entries_of(const Reading& reading, const Tree& node, std::string_view name, std::string_view shape) {
  if (node.kind != Tree::Kind::Map) {
    reading.problem(node.spot, fmt::format("`{}` must be a map, not {}; write {}", name, name_of(node.kind), shape));
  }
  return node.entries;
}

const std::vector<Tree>& items_of(const Reading& reading, const Tree& node, std::string_view name, std::string_view shape) {
  if (node.kind != Tree::Kind::List) {
    reading.problem(node.spot, fmt::format("`{}` must be a list, not {}; write {}", name, name_of(node.kind), shape));
  }
  return node.items;
}

Keys::Keys(const Reading& reading, const Tree& node, std::string_view name, std::vector<std::string> known)
    : reading_(reading), node_(node), known_(std::move(known)) {
  if (!is_map()) {
    reading.problem(node.spot,
                    fmt::format("{} must be a map, not {}; its keys are {}", name, name_of(node.kind), base::joined(known_, ", ")));
  }
  for (const Tree::Entry& entry : node.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    reading.problem(entry.spot, fmt::format("unknown key `{}`{}", base::shown(entry.key, 60), suggestion(entry.key, known_)));
  }
}

const Tree* Keys::find_with_null(std::string_view key) const {
  base::check(std::find(known_.begin(), known_.end(), key) != known_.end(), "a key is asked for that would be refused");
  const Tree::Entry* entry = node_.entry(key);
  return entry ? &entry->value : nullptr;
}

const Tree* Keys::find(std::string_view key) const {
  const Tree* value = find_with_null(key);
  return value && value->kind != Tree::Kind::Null ? value : nullptr;
}

const Tree* Keys::required(std::string_view key, std::string_view example) const {
  const Tree* value = find(key);
  if (!value && is_map()) {
    const std::string_view lack = find_with_null(key) ? "has no value" : "is missing";
    reading_.problem(spot(key), fmt::format("required key `{}` {}; write {}", key, lack, example));
  }
  return value;
}

yaml::Spot Keys::spot(std::string_view key) const {
  const Tree::Entry* entry = node_.entry(key);
  return entry ? entry->spot : node_.spot;
}

}  // namespace syncline::config
