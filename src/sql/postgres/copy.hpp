// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>

#include "base/result.hpp"
#include "record/column.hpp"
#include "record/row_batch.hpp"

namespace syncline::sql::postgres {

/// PostgreSQL's binary COPY format (https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format"): what goes before the rows and behind them.
[[nodiscard]] std::string_view copy_header();
void append_copy_trailer(std::string& out);

/// Appends one row. An error of class 22 names the column whose cell cannot be stored exactly.
base::Result<void> append_copy_row(std::string& out, std::span<const record::Column> columns, std::span<const record::Cell> cells);

}  // namespace syncline::sql::postgres
