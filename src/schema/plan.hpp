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
  std::vector<std::string> warnings;
};

/// Reads the catalog and compares; changes nothing. A table that is not there, a taken name, or a column that cannot hold what is mapped is
/// a ContractDrift error; all of them at once, a line each.
base::Result<Plan> make_plan(sql::Connection& connection, const config::Project& project);

/// The type a column that `plan` adds for a field gets, from the field's declaration alone.
[[nodiscard]] record::Column planned_column(const config::FieldMapping& field);

/// The GRANTs that a role needs which only syncs (PostgreSQL); empty elsewhere.
[[nodiscard]] std::vector<std::string> grants(sql::Dialect dialect, const config::Project& project);

}  // namespace syncline::schema
