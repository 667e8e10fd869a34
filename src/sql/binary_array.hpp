// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "record/row_batch.hpp"

namespace syncline::sql {

/// A PostgreSQL array of one dimension in its binary form, bigint[] or text[]: for Connection::query_arrays. The server reads it several
/// times faster than the text form (ArrayText), which any statement takes.
/// Form: array_recv in src/backend/utils/adt/arrayfuncs.c;
/// https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES
class BinaryArray {
 public:
  enum class Of { Integers, Texts };
  explicit BinaryArray(Of elements);

  /// An integer, a text, or NULL. Of texts, an integer is its digits; of integers, a text is a mistake of ours.
  void add(const record::Cell& cell);
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void add_text(std::string_view text);

  const Of elements_;
  std::string bytes_;
  int32_t size_ = 0;
};

}  // namespace syncline::sql
