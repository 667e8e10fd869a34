// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>

#include "base/result.hpp"
#include "config/entity.hpp"
#include "record/row_column.hpp"
#include "sql/connection.hpp"

/// Who owns a column: what a sync leaves to the row, or to the database.
namespace syncline::load {

/// Whether the mapping writes this column only where it is NULL.
[[nodiscard]] bool is_filled(const config::Entity& entity, const record::RowColumn& column);

/// What the database gives to a column that an INSERT does not name, as SQL, by column; those without a default are not in it.
base::Result<std::map<std::string, std::string>> column_defaults(sql::Connection& connection, const record::Table& table);

}  // namespace syncline::load
