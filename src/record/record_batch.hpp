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

/// The records of one page. Owns the page's bytes; every Value points into these three. Moves keep all addresses valid.
struct RecordBatch {
  std::vector<char> page;  ///< the answer's body, with the padding its decoder needs behind it
  base::Arena arena;       ///< texts that are not as they stand in the page
  base::Arena shapes;      ///< fields, lists and references: what a record is made of, but no text
  std::vector<Record> records;
  std::vector<Undecodable> undecodable;

  RecordBatch() = default;
  RecordBatch(RecordBatch&&) = default;
  RecordBatch& operator=(RecordBatch&&) = default;

  /// Rows have been made of the records: only the texts are needed any more.
  void forget_records() {
    records = {};
    shapes = {};
  }

  [[nodiscard]] size_t fetched() const { return records.size() + undecodable.size(); }
  [[nodiscard]] size_t bytes() const { return page.capacity() + arena.bytes() + shapes.bytes() + records.capacity() * sizeof(Record); }
};

}  // namespace syncline::record
