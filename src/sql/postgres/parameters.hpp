// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "record/row_batch.hpp"

namespace syncline::sql::postgres {

/// A statement's parameters as libpq takes them: NUL-terminated texts, null pointers for NULL. Kept by a connection, to reuse its memory.
class Parameters {
 public:
  base::Result<void> set(std::span<const record::Cell> cells);
  [[nodiscard]] int size() const { return int(pointers_.size()); }
  [[nodiscard]] const char* const* data() const { return pointers_.empty() ? nullptr : pointers_.data(); }

 private:
  std::string text_;
  std::vector<size_t> starts_;
  std::vector<const char*> pointers_;
};

}  // namespace syncline::sql::postgres
