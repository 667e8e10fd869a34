// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include "base/result.hpp"
#include "sql/connection.hpp"

namespace syncline::sql::postgres {

/// The table, partitioned table or view as pg_catalog describes it; nullopt if there is none. Needs no rights on the table.
base::Result<std::optional<record::Table>> describe(Connection& connection, const record::TableName& table);

}  // namespace syncline::sql::postgres
