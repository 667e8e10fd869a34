// SPDX-License-Identifier: Apache-2.0
#include "record/column.hpp"

#include <algorithm>

namespace syncline::record {

bool Table::has_unique(std::vector<std::string> wanted) const {
  std::sort(wanted.begin(), wanted.end());
  return std::any_of(unique_indexes.begin(), unique_indexes.end(), [&](const UniqueIndex& index) {
    if (index.partial || index.deferrable || index.columns.empty()) return false;
    std::vector<std::string> covered = index.columns;
    std::sort(covered.begin(), covered.end());
    return covered == wanted;
  });
}

}  // namespace syncline::record
