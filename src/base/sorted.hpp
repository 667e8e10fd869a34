// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace syncline::base {

/// Whether two ascending lists have an element in common.
template <class List>
[[nodiscard]] bool have_common(const List& a, const List& b) {
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) return true;
    *i < *j ? ++i : ++j;
  }
  return false;
}

}  // namespace syncline::base
