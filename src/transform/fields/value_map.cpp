// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/value_map.hpp"

#include <cstdint>
#include <vector>

#include "base/text.hpp"

namespace syncline::transform {

ValueMap::ValueMap(const std::map<std::string, std::optional<std::string>>& values) {
  constexpr size_t known_max = 12;
  std::vector<std::string> known;
  for (const auto& [word, becomes] : values) {
    entries_.emplace(base::trim(word), becomes);
    if (known.size() < known_max) known.push_back(word);
  }
  if (values.size() > known_max) known.emplace_back("…");
  known_ = base::joined(known, ", ");
}

const std::optional<std::string>* ValueMap::find(std::string_view word) const {
  const auto found = entries_.find(base::trim(word));
  return found == entries_.end() ? nullptr : &found->second;
}

// FNV-1a over the small letters, so that a look-up makes no string.
size_t ValueMap::FoldedHash::operator()(std::string_view word) const {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : word) hash = (hash ^ uint8_t(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)) * 0x100000001b3;
  return size_t(hash);
}

bool ValueMap::FoldedEqual::operator()(std::string_view a, std::string_view b) const { return base::equals_ignoring_case(a, b); }

}  // namespace syncline::transform
