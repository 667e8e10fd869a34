// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "record/column.hpp"
#include "sql/dialect.hpp"

/// Pieces of SQL that several of the statements here are made of.
namespace syncline::load {

/// The ASCII folding that `transform` gives to relation keys (trimmed, lower case), on the database's side.
[[nodiscard]] std::string folded(const std::string& value, sql::Dialect dialect);

/// A column's type as the statement that makes a temporary table needs it.
[[nodiscard]] std::string declared(const record::Column& column, sql::Dialect dialect);

/// A text of the source as a value of a parent's column, for a statement: what is no such value finds nothing instead of failing it.
[[nodiscard]] std::string parent_value(const std::string& text, const record::Column& column, sql::Dialect dialect);

/// Whether the column of the row `t` holds another value than this one: also where its own equality would overlook it.
[[nodiscard]] std::string differs(const record::Column& column, const std::string& value, sql::Dialect dialect);

}  // namespace syncline::load
