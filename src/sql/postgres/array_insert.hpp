// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "record/column.hpp"
#include "sql/connection.hpp"

namespace syncline::sql::postgres {

/// Rows for servers without COPY: one INSERT, and per column one parameter, an array of texts that the server casts. So the statement is
/// the same for any number of rows.
[[nodiscard]] std::string array_insert(std::string_view table, std::span<const record::Column> columns);
/// Its parameters. Errors are of class 22 with the column as subject, and name the row.
base::Result<std::vector<std::string>> arrays_of(std::span<const record::Column> columns, size_t rows, const MakeRow& make);

}  // namespace syncline::sql::postgres
