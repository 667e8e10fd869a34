// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sync/distinct_keys.hpp"

namespace syncline::sync {

/// Texts of any number in flat memory: written to a temporary file, then read in the same order. Used by one thread.
class KeySpool {
 public:
  void add(std::string_view key);
  [[nodiscard]] int64_t size() const { return size_; }

  /// Begins to read from the first one.
  base::Result<void> rewind();
  /// The next ones, at most so many; none at the end.
  base::Result<std::vector<std::string>> next(size_t keys_max);

 private:
  TemporaryFile file_;
  int64_t size_ = 0, read_ = 0;
  bool failed_ = false;
};

}  // namespace syncline::sync
