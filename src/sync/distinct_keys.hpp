// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace syncline::sync {

/// Counts the distinct keys of a sweep in flat memory: sorted runs of 64-bit hashes go to an unnamed temporary file and are merged at the
/// end. Two keys with one hash count as one (1 in 10^7 for a million keys), which can only make a sweep look incomplete, never complete.
class DistinctKeys {
 public:
  void add(std::string_view key);
  /// How many there were; the object is used up.
  base::Result<int64_t> count();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  static constexpr size_t RunLength = size_t{1} << 17;  ///< hashes in memory: 1 MiB

  void sort_out();
  base::Result<int64_t> merge();

  std::vector<uint64_t> run_;
  std::unique_ptr<std::FILE, Close> file_;
  std::vector<int64_t> run_lengths_;
  bool failed_ = false;
};

}  // namespace syncline::sync
