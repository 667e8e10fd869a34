// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "record/column.hpp"

namespace syncline::sql {

/// The two SQLs we write. What differs is in the functions below, or behind Connection.
enum class Dialect { Postgres, Sqlite };

/// "name" with quotes doubled; both dialects.
[[nodiscard]] std::string quoted(std::string_view identifier);
/// 'text' with quotes doubled; both dialects (standard_conforming_strings is on).
[[nodiscard]] std::string literal(std::string_view text);
/// "schema"."name".
[[nodiscard]] std::string quoted(const record::TableName& table);

/// The type a column of ours, or one that `plan` adds, is declared with.
[[nodiscard]] std::string type_name(Dialect dialect, const record::Column& column);
/// The current time as a value for a Timestamp column: now(), or strftime(…).
[[nodiscard]] std::string_view current_timestamp(Dialect dialect);
/// The name of one of our own tables: syncline.sync_log, or sync_log.
[[nodiscard]] std::string own_table(Dialect dialect, std::string_view name);

}  // namespace syncline::sql
