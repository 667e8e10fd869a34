// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "record/column.hpp"
#include "sql/connection.hpp"

namespace syncline::sql::postgres {

/// Reads pg_catalog, which every role may read, not information_schema, which shows a role only what it owns or may use.
base::Result<std::optional<record::Table>> describe_table(Connection& connection, const record::TableName& name);
base::Result<std::vector<std::string>> list_tables(Connection& connection);

}  // namespace syncline::sql::postgres
