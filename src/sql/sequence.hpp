// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include "base/result.hpp"
#include "record/column.hpp"
#include "sql/connection.hpp"

namespace syncline::sql {

/// The number a sequence gives next, in digits; nullopt where there is no such sequence. PostgreSQL only.
base::Result<std::optional<std::string>> next_of_sequence(Connection& connection, const record::TableName& sequence);

/// The highest number in a column of a table, in digits; "0" where there is none above that.
base::Result<std::string> highest_number(Connection& connection, const record::TableName& table, const std::string& column);

/// The highest number in a column that a sequence has yet to pass, though the column has it already; nullopt if all it gives are new.
base::Result<std::optional<std::string>> number_not_passed(Connection& connection, const record::TableName& table,
                                                           const std::string& column, const std::string& next);

}  // namespace syncline::sql
