// SPDX-License-Identifier: Apache-2.0
#include "extract/read/fingerprint.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace syncline::extract {
namespace {

/// FNV-1a, with the length in front so that ("ab", "c") and ("a", "bc") differ.
class Hash {
 public:
  void add(std::string_view text) {
    for (size_t size = text.size(), i = 0; i < 8; ++i, size >>= 8) add(uint8_t(size));
    for (const char c : text) add(uint8_t(c));
  }
  [[nodiscard]] uint64_t value() const { return value_; }

 private:
  void add(uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3ull; }

  uint64_t value_ = 0xcbf29ce484222325ull;
};

}  // namespace

std::string fingerprint(const record::RecordBatch& batch, const AnswerPath& key) {
  Hash hash;
  for (const record::Record& record : batch.records) {
    const record::Value value = key.of(record.fields);
    hash.add(value.text().empty() ? record.source : value.text());
  }
  for (const record::Undecodable& item : batch.undecodable) hash.add(item.source);
  return fmt::format("{:016x}", hash.value());
}

}  // namespace syncline::extract
