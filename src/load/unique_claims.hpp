// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace syncline::load {

/// A row of a batch that wants a UNIQUE value which another row of the table has.
struct Wanted {
  size_t index = 0;  ///< which UNIQUE index
  uint32_t row = 0;
  std::optional<uint32_t> giver;  ///< the row of the batch that holds the value by now and lets go of it
  std::string holder;             ///< for a person
};
/// One of several rows of a batch that would have the same value.
struct Rival {
  size_t index = 0;
  int64_t group = 0;
  uint32_t row = 0;
  bool holds = false;  ///< the value is its own already
  std::string key;
};

/// Who of those that want what others have by now does not get it. Borrows the wants and the rivals.
struct Settlement {
  std::set<uint32_t> refused;
  std::map<uint32_t, const Rival*> lost;  ///< of the others, to whom
  std::map<uint32_t, const Wanted*> in_vain;
};

/// Who gets what: pure. `rivals` are in the order of their rows. Who is refused does not let go of anything either, so that others may be
/// refused in turn. Who yields still lets go of what it had.
Settlement settled(const std::vector<Wanted>& wants, const std::vector<Rival>& rivals, bool yields);

}  // namespace syncline::load
