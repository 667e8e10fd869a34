// SPDX-License-Identifier: Apache-2.0
#include "load/keys.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/sorted.hpp"

namespace syncline::load {

using record::ColumnType;

bool has_comparable_keys(const Target& target) {
  const ColumnType key = target.columns[0].column.type;
  return target.key_collation.empty() && (key == ColumnType::Integer || key == ColumnType::Text);
}

uint64_t hash_of_key(const record::Cell& cell) {
  base::Hash hash;
  hash.add(cell.integer());
  hash.add(cell.text());
  return hash.value();
}

bool is_key_before(const record::Cell& a, const record::Cell& b) {
  return std::pair(a.integer(), a.text()) < std::pair(b.integer(), b.text());
}

bool ascends(const record::RowBatch& rows) {
  for (size_t i = 1; i < rows.size(); ++i) {
    if (!is_key_before(rows.row(i - 1)[0], rows.row(i)[0])) return false;
  }
  return true;
}

bool share_keys(const record::RowBatch& a, const record::RowBatch& b) {
  if (a.size() == 0 || b.size() == 0) return false;
  // Most sources list what they have in the order of its keys.
  const auto ends_before = [](const record::RowBatch& one, const record::RowBatch& other) {
    return is_key_before(one.row(one.size() - 1)[0], other.row(0)[0]);
  };
  if ((ends_before(a, b) || ends_before(b, a)) && ascends(a) && ascends(b)) return false;
  const auto sorted_hashes = [](const record::RowBatch& rows) {
    std::vector<uint64_t> out;
    out.reserve(rows.size());
    for (size_t i = 0; i < rows.size(); ++i) out.push_back(hash_of_key(rows.row(i)[0]));
    std::sort(out.begin(), out.end());
    return out;
  };
  return base::have_common(sorted_hashes(a), sorted_hashes(b));
}

}  // namespace syncline::load
