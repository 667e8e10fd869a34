// SPDX-License-Identifier: Apache-2.0
#include "config/read/conditions.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <array>
#include <utility>

#include "base/text.hpp"
#include "config/read/suggestion.hpp"

namespace syncline::config {
namespace {

constexpr std::array<std::pair<const char*, Test::Kind>, 7> TestKinds = {{{"equals", Test::Kind::Equals},
                                                                          {"one_of", Test::Kind::OneOf},
                                                                          {"contains", Test::Kind::Contains},
                                                                          {"matches", Test::Kind::Matches},
                                                                          {"less", Test::Kind::Less},
                                                                          {"greater", Test::Kind::Greater},
                                                                          {"filled", Test::Kind::Filled}}};

std::optional<Test::Kind> test_kind(const Reading& reading, const Tree::Entry& entry) {
  std::vector<std::string> names;
  for (const auto& [name, kind] : TestKinds) {
    if (entry.key == name) return kind;
    names.emplace_back(name);
  }
  reading.problem(entry.spot, fmt::format("`{}` is not a test{}", base::shown(entry.key, 60), all_of(names)));
  return std::nullopt;
}

std::optional<std::string> read_pattern(const Reading& reading, const Tree& node) {
  const std::optional<std::string> pattern = reading.filled_text(node, "matches");
  if (!pattern) return std::nullopt;
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 compiled(*pattern, options);
  if (compiled.ok()) return pattern;
  reading.problem(node.spot, fmt::format("`matches` is not a regular expression (RE2): {}", base::shown(compiled.error())));
  return std::nullopt;
}

std::vector<std::string> read_texts(const Reading& reading, const Tree& node, std::string_view name) {
  std::vector<std::string> texts;
  const std::vector<Tree>& items = items_of(reading, node, name, "[a, b]");
  if (node.kind == Tree::Kind::List && items.empty())
    reading.problem(node.spot, fmt::format("`{}` is empty, so nothing passes; name the values", name));
  for (const Tree& item : items) {
    if (auto text = reading.text(item, name)) texts.push_back(std::move(*text));
  }
  return texts;
}

std::vector<std::string> read_test_values(const Reading& reading, const Tree::Entry& entry, Test::Kind kind) {
  const auto single = [](std::optional<std::string> text) { return text ? std::vector{std::move(*text)} : std::vector<std::string>{}; };
  const Tree& node = entry.value;
  if (node.kind == Tree::Kind::Null) {
    reading.problem(entry.spot,
                    fmt::format("`{}` cannot compare with null; write {{filled: false}} for what is absent, null or empty", entry.key));
    return {};
  }
  switch (kind) {
    case Test::Kind::OneOf:
      return read_texts(reading, node, entry.key);
    case Test::Kind::Matches:
      return single(read_pattern(reading, node));
    case Test::Kind::Filled: {
      const std::optional<bool> filled = reading.boolean(node, entry.key);
      return filled ? std::vector<std::string>{*filled ? "true" : "false"} : std::vector<std::string>{};
    }
    case Test::Kind::Equals:
    case Test::Kind::Contains:
    case Test::Kind::Less:
    case Test::Kind::Greater:
      return single(reading.text(node, entry.key));
  }
  return {};
}

}  // namespace

std::vector<Test> read_tests(const Reading& reading, const Tree& node, std::string_view name) {
  std::vector<Test> tests;
  const std::vector<Tree::Entry>& entries = entries_of(reading, node, name, "a test such as {one_of: [a, b]}");
  if (node.kind == Tree::Kind::Map && entries.empty())
    reading.problem(node.spot, fmt::format("`{}` has no test; write one such as {{one_of: [a, b]}}", name));
  for (const Tree::Entry& entry : entries) {
    const std::optional<Test::Kind> kind = test_kind(reading, entry);
    if (!kind) continue;
    std::vector<std::string> values = read_test_values(reading, entry, *kind);
    if (!values.empty()) tests.push_back({*kind, std::move(values), reading.place(entry.spot)});
  }
  return tests;
}

}  // namespace syncline::config
