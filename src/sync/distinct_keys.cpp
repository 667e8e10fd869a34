// SPDX-License-Identifier: Apache-2.0
#include "sync/distinct_keys.hpp"

#include <algorithm>
#include <optional>
#include <queue>
#include <utility>

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

bool write_hashes(std::FILE* file, const std::vector<uint64_t>& hashes) {
  return file && std::fwrite(hashes.data(), sizeof(uint64_t), hashes.size(), file) == hashes.size();
}

}  // namespace

base::Error temporary_file_failed() {
  return {base::ErrorKind::Fatal,
          base::Side::Us,
          "cannot keep the keys of the sweep in a temporary file: is the temporary folder full?",
          "temporary_file",
          "",
          {}};
}

uint64_t DistinctKeys::add(std::string_view key) {
  const uint64_t hash = base::hash_of(key);
  if (in_order_) look_at_order(key);
  run_.push_back(hash);
  if (run_.size() >= RunLength) spill();
  return hash;
}

/// Any order will do, if it is the same for all keys: by length first, numbers and texts of one length are in theirs.
void DistinctKeys::look_at_order(std::string_view key) {
  const auto sign = [](auto number) { return number < 0 ? -1 : number > 0 ? 1 : 0; };
  if (added_++ > 0) {
    const int way = last_.size() == key.size() ? sign(last_.compare(key)) : sign(ptrdiff_t(last_.size()) - ptrdiff_t(key.size()));
    in_order_ = way != 0 && (direction_ == 0 || way == direction_);
    direction_ = way;
  }
  last_ = key;
}

void DistinctKeys::sort_run() {
  std::sort(run_.begin(), run_.end());
  run_.erase(std::unique(run_.begin(), run_.end()), run_.end());
}

void DistinctKeys::spill() {
  if (run_.empty()) return;
  // The first ones of the file, so that it is known which they are.
  if (in_order_ && unsorted_runs_ == run_lengths_.size()) {
    ++unsorted_runs_;
  } else {
    sort_run();
  }
  if (!file_) file_.reset(std::tmpfile());
  failed_ |= !file_ || std::fseek(file_.get(), 0, SEEK_END) != 0 || !write_hashes(file_.get(), run_);
  run_lengths_.push_back(int64_t(run_.size()));
  run_.clear();
}

base::Result<int64_t> DistinctKeys::count() {
  if (in_order_ && !failed_) return added_;
  TRY(compact());
  return run_lengths_.empty() ? int64_t(run_.size()) : run_lengths_[0];
}

base::Result<void> DistinctKeys::compact() {
  if (run_lengths_.empty()) {
    sort_run();
    return {};
  }
  spill();
  if (failed_) return base::fail(temporary_file_failed());
  TRY(sort_runs());
  if (run_lengths_.size() == 1) return {};
  TemporaryFile merged(std::tmpfile());
  std::vector<uint64_t> buffer;
  buffer.reserve(1024);
  int64_t distinct = 0;
  bool written = merged != nullptr;
  TRY(merge([&](uint64_t hash) {
    buffer.push_back(hash);
    ++distinct;
    if (buffer.size() == buffer.capacity()) {
      written = written && write_hashes(merged.get(), buffer);
      buffer.clear();
    }
    return written;
  }));
  if (!written || !write_hashes(merged.get(), buffer)) return base::fail(temporary_file_failed());
  file_ = std::move(merged);
  run_lengths_ = {distinct};
  return {};
}

/// Those that have been put off while nobody had asked for their order.
base::Result<void> DistinctKeys::sort_runs() {
  int64_t at = 0;
  const size_t unsorted = std::exchange(unsorted_runs_, 0);
  for (size_t i = 0; i < unsorted; ++i) {
    run_.resize(size_t(run_lengths_[i]));
    const auto seek = [&] { return std::fseek(file_.get(), long(at * int64_t(sizeof(uint64_t))), SEEK_SET) == 0; };
    if (!seek() || std::fread(run_.data(), sizeof(uint64_t), run_.size(), file_.get()) != run_.size())
      return base::fail(temporary_file_failed());
    std::sort(run_.begin(), run_.end());
    if (!seek() || !write_hashes(file_.get(), run_)) return base::fail(temporary_file_failed());
    at += run_lengths_[i];
  }
  run_.clear();
  return {};
}

/// Every hash once, in ascending order, as long as `take` says that more are wanted.
base::Result<void> DistinctKeys::merge(const std::function<bool(uint64_t)>& take) {
  if (std::fflush(file_.get()) != 0) return base::fail(temporary_file_failed());
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
    if (!push_head(i)) return base::fail(temporary_file_failed());
  }
  std::optional<uint64_t> last;
  while (!heads.empty()) {
    const auto [hash, reader] = heads.top();
    heads.pop();
    if (hash != last && !take(hash)) return {};
    last = hash;
    if (!push_head(reader)) return base::fail(temporary_file_failed());
  }
  return {};
}

base::Result<std::vector<bool>> DistinctKeys::have(const std::vector<uint64_t>& hashes) {
  TRY(compact());
  std::vector<bool> out(hashes.size());
  if (hashes.empty()) return out;
  if (run_lengths_.empty()) {
    for (size_t i = 0; i < hashes.size(); ++i) out[i] = std::binary_search(run_.begin(), run_.end(), hashes[i]);
    return out;
  }
  size_t next = 0;
  TRY(merge([&](uint64_t hash) {
    while (next < hashes.size() && hashes[next] < hash) ++next;
    for (; next < hashes.size() && hashes[next] == hash; ++next) out[next] = true;
    return next < hashes.size();
  }));
  return out;
}

}  // namespace syncline::sync
