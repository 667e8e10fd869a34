// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "record/row_batch.hpp"
#include "sql/binary_array.hpp"

namespace syncline::sql::postgres {

/// A statement's parameters as libpq takes them: NUL-terminated texts, null pointers for NULL; or arrays in their binary form. Kept by a
/// connection, to reuse its memory.
class Parameters {
 public:
  base::Result<void> set(std::span<const record::Cell> cells);
  /// Borrows the arrays.
  base::Result<void> set(std::span<const BinaryArray> arrays);
  [[nodiscard]] int size() const { return int(pointers_.size()); }
  [[nodiscard]] const char* const* data() const { return pointers_.empty() ? nullptr : pointers_.data(); }
  /// Null where all are texts.
  [[nodiscard]] const int* lengths() const { return lengths_.empty() ? nullptr : lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.empty() ? nullptr : formats_.data(); }

 private:
  void clear();

  std::string text_;
  std::vector<size_t> starts_;
  std::vector<const char*> pointers_;
  std::vector<int> lengths_, formats_;  ///< of arrays
};

}  // namespace syncline::sql::postgres
