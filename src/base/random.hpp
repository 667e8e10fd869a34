// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace syncline::base {

/// A seeded generator (SplitMix64, public domain, S. Vigna): small, fast, the same on every machine. Not for secrets. Owned by one thread.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  /// Seeded by the operating system.
  static Random from_entropy();

  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, bound); 0 for bound 0.
  uint64_t below(uint64_t bound) { return bound == 0 ? 0 : uint64_t((static_cast<unsigned __int128>(next()) * bound) >> 64); }
  /// Uniform in [0, 1).
  double unit() { return double(next() >> 11) * 0x1.0p-53; }

 private:
  uint64_t state_;
};

}  // namespace syncline::base
