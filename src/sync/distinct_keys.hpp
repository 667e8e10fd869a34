// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
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
/// and a row look as if its record had come, never as if it had not.
class DistinctKeys {
 public:
  void add(std::string_view key);
  /// How many there are so far; more may be added afterwards.
  base::Result<int64_t> count();
  /// For each of these hashes, in ascending order, whether a key with it has come. Takes one pass over all keys.
  base::Result<std::vector<bool>> have(const std::vector<uint64_t>& hashes);

 private:
  static constexpr size_t RunLength = size_t{1} << 17;  ///< hashes in memory: 1 MiB

  void sort_run();
  void spill();
  /// Leaves one sorted run: in memory as long as it has never been too long for that, otherwise in the file.
  base::Result<void> compact();
  base::Result<void> merge(const std::function<bool(uint64_t)>& take);

  std::vector<uint64_t> run_;
  TemporaryFile file_;
  std::vector<int64_t> run_lengths_;
  bool failed_ = false;
};

}  // namespace syncline::sync
