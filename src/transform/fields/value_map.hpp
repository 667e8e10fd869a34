// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace syncline::transform {

/// A value map: the source's words to ours, compared trimmed and without case. Immutable after construction.
class ValueMap {
 public:
  ValueMap() = default;
  explicit ValueMap(const std::map<std::string, std::optional<std::string>>& values);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  /// What the word becomes (nullopt: null); null if the map does not know it.
  [[nodiscard]] const std::optional<std::string>* find(std::string_view word) const;
  /// The words it knows, for messages; the first dozen.
  [[nodiscard]] const std::string& known() const { return known_; }

 private:
  struct FoldedHash {
    using is_transparent = void;
    size_t operator()(std::string_view word) const;
  };
  struct FoldedEqual {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const;
  };
  std::unordered_map<std::string, std::optional<std::string>, FoldedHash, FoldedEqual> entries_;
  std::string known_;
};

}  // namespace syncline::transform
