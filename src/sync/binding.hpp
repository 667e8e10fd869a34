// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "base/result.hpp"
#include "config/project.hpp"
#include "load/target.hpp"
#include "record/column.hpp"
#include "sql/connection.hpp"
#include "transform/transform.hpp"

namespace syncline::sync {

/// An entity against the table as it is now: how its rows are made, and where they go.
struct Binding {
  record::Table table;
  std::unique_ptr<transform::Mapping> mapping;
  load::Target target;
};

/// ContractDrift where the table is not there, or not such that the entity could be written to it. The binding borrows project and entity.
base::Result<Binding> bind_to_table(sql::Connection& connection, const config::Project& project, const config::Entity& entity);

}  // namespace syncline::sync
