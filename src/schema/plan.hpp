// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/project.hpp"
#include "sql/connection.hpp"

namespace syncline::schema {

/// One computed change to the database: what a person reads, and the statement.
struct SchemaChange {
  std::string what;  ///< "bookings: column mt_reservation_id, for the source's id"
  std::string sql;   ///< ends with a semicolon
};

/// What the database lacks for the project: columns and indexes in the user's tables, and our own tables.
struct Plan {
  std::vector<SchemaChange> changes;
  std::vector<std::string> warnings;  ///< what may surprise without being in the way, a sentence each: see warnings.hpp
};

/// Reads the catalog and compares; changes nothing. A table that is not there, a taken name, a column that cannot hold what is mapped or
/// that must have a value and is not mapped is a ContractDrift error; all of them at once, a line each.
base::Result<Plan> make_plan(sql::Connection& connection, const config::Project& project);

/// The type a column that `plan` adds for a field gets, from the field's declaration alone.
[[nodiscard]] record::Column planned_column(const config::FieldMapping& field);

}  // namespace syncline::schema
