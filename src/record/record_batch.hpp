// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "record/value.hpp"

namespace syncline::record {

/// One source-shaped item of a page.
struct Record {
  std::span<const Field> fields;  ///< in the source's order; JSON:API: "id" first, then attributes, then relations
  std::string_view source;        ///< its JSON as sent, for rejects
};

/// An item of a page that is not a record (a number in the list, an object without `type`): it becomes a reject with stage "decode".
struct Undecodable {
  std::string_view source;
  std::string reason;
};

/// The records of one page, in one arena. Owns the page's bytes; every Value points into the two. Moves keep all addresses valid.
struct RecordBatch {
  std::vector<char> page;  ///< the answer's body, with the padding its decoder needs behind it
  base::Arena arena;
  std::vector<Record> records;
  std::vector<Undecodable> undecodable;

  RecordBatch() = default;
  RecordBatch(RecordBatch&&) = default;
  RecordBatch& operator=(RecordBatch&&) = default;

  [[nodiscard]] size_t fetched() const { return records.size() + undecodable.size(); }
  [[nodiscard]] size_t bytes() const { return page.capacity() + arena.bytes() + records.capacity() * sizeof(Record); }
};

}  // namespace syncline::record
