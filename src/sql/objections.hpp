// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sql/connection.hpp"

namespace syncline::sql {

/// Why a table, or one column of it, cannot be written faithfully: the database would change or drop what it is given without a word.
struct Objection {
  std::string column;   ///< empty: the table as a whole; otherwise it matters where the column is written
  std::string message;  ///< what is wrong and what to do
};

/// What the catalog says against writing to a table whose rows are found by `key`. Errors are the connection's.
base::Result<std::vector<Objection>> objections(Connection& connection, const record::Table& table, const std::string& key);

}  // namespace syncline::sql
