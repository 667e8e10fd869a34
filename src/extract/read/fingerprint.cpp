// SPDX-License-Identifier: Apache-2.0
#include "extract/read/fingerprint.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"

namespace syncline::extract {

std::string fingerprint(const record::RecordBatch& batch, const AnswerPath& key) {
  base::Hash hash;
  for (const record::Record& record : batch.records) {
    const record::Value value = key.of(record.fields);
    hash.add(value.text().empty() ? record.source : value.text());
  }
  for (const record::Undecodable& item : batch.undecodable) hash.add(item.source);
  return fmt::format("{:016x}", hash.value());
}

}  // namespace syncline::extract
