// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/place.hpp"
#include "config/read/variables.hpp"
#include "config/yaml/tree.hpp"

namespace syncline::config {

using yaml::Tree;

/// One file being read: how its texts are replaced and where its problems go. Every getter reports what is wrong at the value's place and
/// returns nullopt; nullopt without a report means that the value is not known (see Variables), so nothing should be said about it.
/// `name` is the key as messages name it. Refers to what it was made of.
class Reading {
 public:
  Reading(std::string file, const Variables& variables, std::vector<Problem>& problems)
      : file_(std::move(file)), variables_(variables), problems_(problems) {}

  [[nodiscard]] Place place(yaml::Spot spot) const { return {file_, spot.line, spot.column}; }
  void problem(yaml::Spot spot, std::string message) const { problems_.push_back({place(spot), std::move(message)}); }

  /// A text, replaced. A variable that is not set is a problem.
  [[nodiscard]] std::optional<std::string> text(const Tree& node, std::string_view name) const;
  /// As text(), and never empty.
  [[nodiscard]] std::optional<std::string> filled_text(const Tree& node, std::string_view name) const;
  /// As text(), but variables that are not set go to `missing`, and then the text is empty.
  [[nodiscard]] std::optional<std::string> credential(const Tree& node, std::string_view name, std::vector<std::string>& missing) const;
  [[nodiscard]] std::optional<bool> boolean(const Tree& node, std::string_view name) const;
  [[nodiscard]] std::optional<int64_t> integer(const Tree& node, std::string_view name) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> duration(const Tree& node, std::string_view name) const;
  /// One of a few words, as its meaning.
  template <class Meaning>
  [[nodiscard]] std::optional<Meaning> word(const Tree& node, std::string_view name,
                                            std::initializer_list<std::pair<const char*, Meaning>> meanings) const {
    std::vector<std::string> words;
    for (const auto& meaning : meanings) words.emplace_back(meaning.first);
    const std::optional<size_t> index = word_index(node, name, words);
    return index ? std::optional(meanings.begin()[*index].second) : std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<size_t> word_index(const Tree& node, std::string_view name, const std::vector<std::string>& words) const;
  [[nodiscard]] std::optional<Replaced> replaced(const Tree& node, std::string_view name) const;
  void report_errors(const Tree& node, const Replaced& replaced) const;

  std::string file_;
  const Variables& variables_;
  std::vector<Problem>& problems_;
};

/// "a text", "a list", …: what stands there.
[[nodiscard]] std::string_view name_of(Tree::Kind kind);

/// The entries of a map whose keys are names the user chose. A problem, and none, if it is no map; `shape` says what it should hold.
[[nodiscard]] const std::vector<Tree::Entry>& entries_of(const Reading& reading, const Tree& node, std::string_view name,
                                                         std::string_view shape);
/// The items of a list; the same for lists.
[[nodiscard]] const std::vector<Tree>& items_of(const Reading& reading, const Tree& node, std::string_view name, std::string_view shape);

/// A map with a fixed set of keys: reports every key that is not one of them. Refers to the reading and the node.
class Keys {
 public:
  Keys(const Reading& reading, const Tree& node, std::string_view name, std::vector<std::string> known);
  /// False if the node was no map, which has been reported; then find() finds nothing and required() reports nothing.
  [[nodiscard]] bool is_map() const { return node_.kind == Tree::Kind::Map; }
  /// The value of a key; nullptr when the key is absent or its value is null.
  [[nodiscard]] const Tree* find(std::string_view key) const;
  /// As find(), for keys whose null has a meaning.
  [[nodiscard]] const Tree* find_with_null(std::string_view key) const;
  /// As find(), and a problem when there is none. `example` shows what to write.
  [[nodiscard]] const Tree* required(std::string_view key, std::string_view example) const;
  /// Where the key stands, or the map if it is absent.
  [[nodiscard]] yaml::Spot spot(std::string_view key) const;

 private:
  const Reading& reading_;
  const Tree& node_;
  std::vector<std::string> known_;
};

}  // namespace syncline::config
