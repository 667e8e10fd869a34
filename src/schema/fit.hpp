// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "base/result.hpp"
#include "config/entity.hpp"
#include "record/column.hpp"
#include "sql/connection.hpp"

namespace syncline::schema {

/// What would keep an entity's rows from landing in its table although nothing is missing there, with what to do about it. Columns that are
/// yet to be added are judged as `planned_column` makes them.
[[nodiscard]] std::vector<config::Problem> misfits(const config::Entity& entity, const record::Table& table);

/// That the entity's table is not there, with the nearest that is.
base::Result<config::Problem> no_table(sql::Connection& connection, const config::Entity& entity);

/// For each mapped column that `plan` would add, though the table has one that may be meant: a question. Columns that somebody else has
/// the say of, or the mapping writes already, are not meant.
[[nodiscard]] std::vector<config::Problem> misspelt_columns(const config::Entity& entity, const record::Table& table);

/// Columns that must have a value in every row and that neither the mapping nor a default gives one.
[[nodiscard]] std::vector<std::string> columns_without_value(const config::Entity& entity, const record::Table& table);

}  // namespace syncline::schema
