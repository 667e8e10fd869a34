// SPDX-License-Identifier: Apache-2.0
#include "sync/key_spool.hpp"

#include <algorithm>

namespace syncline::sync {

void KeySpool::add(std::string_view key) {
  if (!file_) file_.reset(std::tmpfile());
  const uint64_t length = key.size();
  failed_ |= !file_ || std::fwrite(&length, sizeof length, 1, file_.get()) != 1 ||
             std::fwrite(key.data(), 1, key.size(), file_.get()) != key.size();
  ++size_;
}

base::Result<void> KeySpool::rewind() {
  read_ = 0;
  if (failed_ || (file_ && (std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0)))
    return base::fail(temporary_file_failed());
  return {};
}

base::Result<std::vector<std::string>> KeySpool::next(size_t keys_max) {
  std::vector<std::string> out(size_t(std::min<int64_t>(int64_t(keys_max), size_ - read_)));
  for (std::string& key : out) {
    uint64_t length = 0;
    if (std::fread(&length, sizeof length, 1, file_.get()) != 1) return base::fail(temporary_file_failed());
    key.resize(length);
    if (std::fread(key.data(), 1, length, file_.get()) != length) return base::fail(temporary_file_failed());
  }
  read_ += int64_t(out.size());
  return out;
}

}  // namespace syncline::sync
