// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/place.hpp"

namespace syncline::config::yaml {

/// A line and column of a file, from 1; columns count characters.
struct Spot {
  int line = 1, column = 1;
};

/// One value of a YAML file, with the text as it was written: what it means is decided by who asks for it ("01234" stays "01234").
struct Tree {
  enum class Kind { Null, Scalar, List, Map };
  struct Entry;

  Kind kind = Kind::Null;
  std::string text;     ///< of a Scalar
  bool quoted = false;  ///< a Scalar that cannot be read as anything but text
  Spot spot;
  std::vector<Tree> items;     ///< of a List
  std::vector<Entry> entries;  ///< of a Map, in file order; keys are unique

  /// An empty one of its kind.
  [[nodiscard]] static Tree at(Spot spot, Kind kind = Kind::Null);
  [[nodiscard]] const Entry* entry(std::string_view key) const;
};

struct Tree::Entry {
  std::string key;
  Spot spot;  ///< of the key
  Tree value;
};

/// What a parse gives: a tree is there even when problems were found beside it, unless it is not readable at all.
struct Parsed {
  Tree tree;
  bool readable = false;  ///< false: `tree` is empty and `problems` says why
  std::vector<Problem> problems;
};

/// Reads YAML strictly: one document, unique keys that are text, no tags, bounded depth and size. What YAML parsers accept and people do
/// not mean is a problem, too: a text that runs over several lines without quotes, a second document without `---`.
[[nodiscard]] Parsed parse(std::string_view text, const std::string& file);

}  // namespace syncline::config::yaml
