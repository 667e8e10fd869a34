// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include "base/result.hpp"
#include "sql/connection.hpp"

namespace syncline::sql::sqlite {

/// The table or view as SQLite's pragmas describe it; nullopt if there is none.
base::Result<std::optional<record::Table>> describe(Connection& connection, const record::TableName& table);

/// A declared type as ours. SQLite's NUMERIC affinity (DECIMAL, NUMERIC) keeps numbers as doubles, so it counts as Real: exact are TEXT and
/// INTEGER minor units. https://www.sqlite.org/datatype3.html, 3.1
[[nodiscard]] record::Column column_of_type(std::string_view declared);

}  // namespace syncline::sql::sqlite
