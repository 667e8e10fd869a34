// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "base/result.hpp"
#include "record/column.hpp"
#include "sql/connection.hpp"

namespace syncline::sql {

/// The collation by which different texts of this column can be equal, ready for a statement; "" where equal texts are the same.
/// PostgreSQL: the column's, if it is not deterministic. SQLite: that of a UNIQUE index on the column, which is what tells rows apart
/// there; while there is none, nothing can be told.
base::Result<std::string> equating_collation(Connection& connection, const record::TableName& table, const std::string& column);

}  // namespace syncline::sql
