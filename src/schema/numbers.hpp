// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/entity.hpp"
#include "schema/plan.hpp"
#include "sql/connection.hpp"

namespace syncline::schema {

/// What the numbers of an entity need of the database: sequences to make, and those that are not there or behind.
struct NumbersPlan {
  std::vector<SchemaChange> changes;
  std::vector<config::Problem> problems;
};

/// Reads the catalog and each numbered column's highest number; changes nothing.
base::Result<NumbersPlan> plan_numbers(sql::Connection& connection, const config::Entity& entity, const record::Table& table);

}  // namespace syncline::schema
