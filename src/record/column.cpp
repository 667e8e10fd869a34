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

const Column* Table::referenced_column(std::string_view referring, const Table& parent) const {
  for (const ForeignKey& key : foreign_keys) {
    if (key.columns.size() == 1 && key.columns[0] == referring && key.to_columns.size() == 1) return parent.column(key.to_columns[0]);
  }
  for (const UniqueIndex& index : parent.unique_indexes) {
    if (index.primary && index.columns.size() == 1) return parent.column(index.columns[0]);
  }
  return nullptr;
}

}  // namespace syncline::record
