// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "record/column.hpp"
#include "sql/dialect.hpp"

/// Any number of external ids as one parameter of a statement: PostgreSQL's array, SQLite's JSON.
namespace syncline::load {

[[nodiscard]] std::string key_array(std::span<const std::string> keys, record::ColumnType type, sql::Dialect dialect);

/// The type of its elements on PostgreSQL.
[[nodiscard]] std::string_view key_array_type(const record::Column& key);

/// Whether `key` (an expression, of the type of `column`) is one of the elements of `parameter` ("$1").
[[nodiscard]] std::string is_in_key_array(std::string_view key, const record::Column& column, std::string_view parameter,
                                          sql::Dialect dialect);

}  // namespace syncline::load
