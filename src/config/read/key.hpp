// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "config/entity.hpp"
#include "config/read/reading.hpp"

namespace syncline::config {

/// What an entity makes a row of: each record, or each element of a list in it.
enum class RowsOf { Records, Elements };

/// `key: {column: …, from: path}`, or `{column: …, parts: [path, …, occurrence]}`.
[[nodiscard]] Entity::Key read_key(const Reading& reading, const Tree& node, RowsOf rows_of);

}  // namespace syncline::config
