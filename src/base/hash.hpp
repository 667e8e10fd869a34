// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

namespace syncline::base {

/// 64 bits of a text (XXH3), the same on every machine and in every version of ours: hashes are stored. It tells values apart that come to
/// differ by themselves; it is no defence against somebody who wants two to be equal.
[[nodiscard]] uint64_t hash_of(std::string_view text, uint64_t seed = 0);

/// The hash of several texts and numbers in a row: ("ab", "c") and ("a", "bc") differ. Values go from one to the next as the seed.
class Hash {
 public:
  explicit Hash(uint64_t seed = 0) : value_(seed) {}
  void add(std::string_view text) { value_ = hash_of(text, value_); }
  void add(int64_t number) { value_ = hash_of({reinterpret_cast<const char*>(&number), sizeof number}, value_); }
  [[nodiscard]] uint64_t value() const { return value_; }

 private:
  uint64_t value_;
};

}  // namespace syncline::base
