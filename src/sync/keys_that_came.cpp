// SPDX-License-Identifier: Apache-2.0
#include "sync/keys_that_came.hpp"

#include <algorithm>
#include <numeric>

#include "base/hash.hpp"
#include "load/cell_text.hpp"
#include "load/deletes.hpp"

namespace syncline::sync {

void add_keys(DistinctKeys& keys, const transform::SpokenKeys& spoken, record::ColumnType type) {
  for (const record::Cell& key : spoken.keys) keys.add(load::comparable_key(load::text_of(key), type));
}

base::Result<std::vector<bool>> which_came(DistinctKeys& came, const std::vector<std::string>& keys, record::ColumnType type) {
  std::vector<uint64_t> hashes(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) hashes[i] = base::hash_of(load::comparable_key(keys[i], type));
  std::vector<uint32_t> by_hash(keys.size());
  std::iota(by_hash.begin(), by_hash.end(), 0);
  std::sort(by_hash.begin(), by_hash.end(), [&](uint32_t a, uint32_t b) { return hashes[a] < hashes[b]; });
  std::vector<uint64_t> sorted(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) sorted[i] = hashes[by_hash[i]];
  const std::vector<bool> have = TRY(came.have(sorted));
  std::vector<bool> out(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) out[by_hash[i]] = have[i];
  return out;
}

}  // namespace syncline::sync
