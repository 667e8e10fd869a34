// SPDX-License-Identifier: Apache-2.0
#include "sync/distinct_keys.hpp"

#include <algorithm>
#include <queue>

#include "base/hash.hpp"

namespace syncline::sync {
namespace {

/// One sorted run of the file, read through a small buffer.
struct RunReader {
  int64_t at = 0, end = 0;  ///< in hashes, from the file's beginning
  std::vector<uint64_t> buffer;
  size_t next = 0;

  bool fill(std::FILE* file) {
    const size_t wanted = size_t(std::min<int64_t>(1024, end - at));
    buffer.resize(wanted);
    next = 0;
    if (wanted == 0) return false;
    if (std::fseek(file, long(at * int64_t(sizeof(uint64_t))), SEEK_SET) != 0 ||
        std::fread(buffer.data(), sizeof(uint64_t), wanted, file) != wanted)
      return false;
    at += int64_t(wanted);
    return true;
  }
};

base::Error file_failed() {
  return {base::ErrorKind::Fatal,
          base::Side::Us,
          "cannot keep the keys of the sweep in a temporary file: is the temporary folder full?",
          "temporary_file",
          "",
          {}};
}

}  // namespace

void DistinctKeys::add(std::string_view key) {
  run_.push_back(base::hash_of(key));
  if (run_.size() >= RunLength) sort_out();
}

void DistinctKeys::sort_out() {
  std::sort(run_.begin(), run_.end());
  run_.erase(std::unique(run_.begin(), run_.end()), run_.end());
  if (!file_) file_.reset(std::tmpfile());
  failed_ |= !file_ || std::fwrite(run_.data(), sizeof(uint64_t), run_.size(), file_.get()) != run_.size();
  run_lengths_.push_back(int64_t(run_.size()));
  run_.clear();
}

base::Result<int64_t> DistinctKeys::count() {
  if (run_lengths_.empty()) {
    std::sort(run_.begin(), run_.end());
    return std::unique(run_.begin(), run_.end()) - run_.begin();
  }
  sort_out();
  if (failed_ || std::fflush(file_.get()) != 0) return base::fail(file_failed());
  return merge();
}

base::Result<int64_t> DistinctKeys::merge() {
  std::vector<RunReader> readers;
  int64_t at = 0;
  for (const int64_t length : run_lengths_) {
    readers.push_back({at, at + length, {}, 0});
    at += length;
  }
  using Head = std::pair<uint64_t, size_t>;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  const auto push_head = [&](size_t i) {
    RunReader& reader = readers[i];
    if (reader.next == reader.buffer.size() && !reader.fill(file_.get())) return reader.at == reader.end;
    heads.emplace(reader.buffer[reader.next++], i);
    return true;
  };
  for (size_t i = 0; i < readers.size(); ++i) {
    if (!push_head(i)) return base::fail(file_failed());
  }
  int64_t distinct = 0;
  uint64_t last = 0;
  while (!heads.empty()) {
    const auto [hash, reader] = heads.top();
    heads.pop();
    if (distinct == 0 || hash != last) ++distinct;
    last = hash;
    if (!push_head(reader)) return base::fail(file_failed());
  }
  return distinct;
}

}  // namespace syncline::sync
