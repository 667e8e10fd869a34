// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "config/read/reading.hpp"
#include "record/column.hpp"

namespace syncline::config {

/// Whether a text can name a column, a table or a schema in every database: not empty, at most 63 bytes, no control character.
/// A problem if not. `what` is "a column" or so.
bool check_identifier(const Reading& reading, yaml::Spot spot, std::string_view text, std::string_view what);

/// A column's name.
[[nodiscard]] std::optional<std::string> read_column(const Reading& reading, const Tree& node, std::string_view name);

/// `table` or `schema.table`.
[[nodiscard]] std::optional<record::TableName> read_table(const Reading& reading, const Tree& node, std::string_view name);

}  // namespace syncline::config
