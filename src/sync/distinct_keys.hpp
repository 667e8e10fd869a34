// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace syncline::sync {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
/// A temporary file without a name: gone with the process, whatever ends it.
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;
[[nodiscard]] base::Error temporary_file_failed();

/// The distinct keys of a sweep in flat memory: sorted runs of 64-bit hashes go to an unnamed temporary file and are merged when they are
/// asked about. Two keys with one hash count as one (1 in 10^7 for a million keys): that can make a sweep look incomplete, never complete,
/// and a row look as if its record had come, never as if it had not. Keys that come in their order, as those of most sources do, are known
/// to be distinct by that.
class DistinctKeys {
 public:
  /// Its hash.
  uint64_t add(std::string_view key);
  /// How many there are so far; more may be added afterwards.
  base::Result<int64_t> count();
  /// For each of these hashes, in ascending order, whether a key with it has come. Takes one pass over all keys.
  base::Result<std::vector<bool>> have(const std::vector<uint64_t>& hashes);

 private:
  static constexpr size_t RunLength = size_t{1} << 16;  ///< hashes in memory: 512 KiB

  void look_at_order(std::string_view key);
  void sort_run();
  void spill();
  /// Leaves one sorted run: in memory as long as it has never been too long for that, otherwise in the file.
  base::Result<void> compact();
  base::Result<void> sort_runs();
  base::Result<void> merge(const std::function<bool(uint64_t)>& take);

  std::vector<uint64_t> run_;
  TemporaryFile file_;
  std::vector<int64_t> run_lengths_;
  size_t unsorted_runs_ = 0;  ///< the first ones of the file: of keys that came in their order
  bool failed_ = false;

  bool in_order_ = true;  ///< each key so far came behind the one before it, in one direction
  int direction_ = 0;
  std::string last_;
  int64_t added_ = 0;
};

}  // namespace syncline::sync
