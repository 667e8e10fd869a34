// SPDX-License-Identifier: Apache-2.0
#include "load/adopted_rows.hpp"

#include <algorithm>

#include "base/hash.hpp"

namespace syncline::load {
namespace {

uint64_t hash_of(size_t way, std::string_view value) {
  base::Hash hash(way);
  hash.add(value);
  return hash.value();
}

}  // namespace

void AdoptedRows::adopt(size_t way, std::string_view value) { now_.push_back(hash_of(way, value)); }

void AdoptedRows::keep() {
  std::sort(now_.begin(), now_.end());
  const auto old = std::ptrdiff_t(known_.size());
  const auto added = std::ptrdiff_t(std::min(now_.size(), Max - known_.size()));
  known_.insert(known_.end(), now_.begin(), now_.begin() + added);
  std::inplace_merge(known_.begin(), known_.begin() + old, known_.end());
  now_.clear();
}

bool AdoptedRows::may_have(size_t way, std::string_view value) const {
  return std::binary_search(known_.begin(), known_.end(), hash_of(way, value));
}

}  // namespace syncline::load
