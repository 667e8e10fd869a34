// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "record/column.hpp"
#include "record/row_batch.hpp"

namespace syncline::sql {

/// Appends the text form both databases read: "true", "-12.50", "2026-02-27T15:34:28.278681Z", … Null and Keep append nothing. The cell
/// must have passed a check below.
void append_text(const record::Cell& cell, std::string& out);
[[nodiscard]] std::string text_of(const record::Cell& cell);

/// Whether a cell can be sent at all: text holds no NUL (libpq would cut it there, silently), times lie in the years 0001–9999. `subject`
/// names the column or parameter in the error.
base::Result<void> check_cell(const record::Cell& cell, std::string_view subject);

/// Whether a column keeps a cell exactly, so that no database rounds, cuts or retypes it silently. Errors are of class 22 with the column
/// as subject. Text and Other columns take every cell, in its text form.
base::Result<void> check_cell(const record::Cell& cell, const record::Column& column);

/// The number of an Integer cell, or of a Decimal cell without a fraction; nullopt if it has one or does not fit 64 bits.
[[nodiscard]] std::optional<int64_t> integer_of(const record::Cell& cell);
/// The nearest double of an Integer or Decimal cell; nullopt if it is out of range.
[[nodiscard]] std::optional<double> real_of(const record::Cell& cell);
/// The 16 bytes of a UUID in any form PostgreSQL reads (upper case, braces, without hyphens), as 32 lower-case hexadecimal digits.
[[nodiscard]] std::optional<std::string> uuid_digits(std::string_view text);

/// float4 or float8.
[[nodiscard]] inline bool is_single_precision(const record::Column& column) { return column.bytes == 4 || column.declared == "real"; }

}  // namespace syncline::sql
