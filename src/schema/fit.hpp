// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "config/entity.hpp"
#include "record/column.hpp"

namespace syncline::schema {

/// What would keep an entity's rows from landing in its table although nothing is missing there, with what to do about it. Columns that are
/// yet to be added are judged as `planned_column` makes them.
[[nodiscard]] std::vector<config::Problem> misfits(const config::Entity& entity, const record::Table& table);

/// Columns that must have a value in every row and that neither the mapping nor a default gives one.
[[nodiscard]] std::vector<std::string> columns_without_value(const config::Entity& entity, const record::Table& table);

}  // namespace syncline::schema
