// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sqlite3.h>

#include <span>
#include <string_view>

#include "base/result.hpp"
#include "record/column.hpp"
#include "record/row_batch.hpp"

namespace syncline::sql::sqlite {

/// Binds $1, $2, … by their numbers, wherever and however often they stand in the statement ("$1::bigint", which SQLite takes for a name,
/// is $1, too). Text is not copied: the cells must outlive the statement's steps.
base::Result<void> bind_parameters(sqlite3_stmt* statement, std::span<const record::Cell> parameters);

/// Binds one cell as it is, to be compared with.
base::Result<void> bind_cell(sqlite3_stmt* statement, int place, const record::Cell& cell, std::string_view subject);

/// Binds one cell as a column keeps it exactly; errors of class 22 name the column.
base::Result<void> bind_column(sqlite3_stmt* statement, int place, const record::Column& column, const record::Cell& cell);

}  // namespace syncline::sql::sqlite
