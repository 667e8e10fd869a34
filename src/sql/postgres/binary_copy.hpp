// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>

#include "base/result.hpp"
#include "record/column.hpp"
#include "record/row_batch.hpp"

namespace syncline::sql::postgres {

/// COPY … (FORMAT binary): a header, rows, a trailer.
void append_header(std::string& out);
void append_trailer(std::string& out);
/// One row, each cell in the binary form of its column's type. An error (class 22, the column as subject) leaves a part of the row in
/// `out`.
base::Result<void> append_row(std::span<const record::Column> columns, std::span<const record::Cell> row, std::string& out);

}  // namespace syncline::sql::postgres
