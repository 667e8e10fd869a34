// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "record/column.hpp"
#include "sql/connection.hpp"

namespace syncline::sql::sqlite {

base::Result<std::optional<record::Table>> describe_table(Connection& connection, const record::TableName& name);
base::Result<std::vector<std::string>> list_tables(Connection& connection);

/// What a declared type means to us: sets type, precision, scale and length.
void set_type(record::Column& column, std::string_view declared);

}  // namespace syncline::sql::sqlite
