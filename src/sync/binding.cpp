// SPDX-License-Identifier: Apache-2.0
#include "sync/binding.hpp"

#include "schema/fit.hpp"

namespace syncline::sync {

base::Result<Binding> bind_to_table(sql::Connection& connection, const config::Project& project, const config::Entity& entity) {
  auto table = TRY(connection.describe(entity.table));
  if (!table) {
    return base::fail({base::ErrorKind::ContractDrift,
                       base::Side::Database,
                       config::to_string(TRY(schema::no_table(connection, entity))),
                       "no_table",
                       "",
                       {}});
  }
  auto mapping = TRY(transform::bind(entity, *table, project.rules));
  load::Target target = TRY(load::bind_target(connection, project, entity, *table, mapping->columns()));
  return Binding{*std::move(table), std::move(mapping), std::move(target)};
}

}  // namespace syncline::sync
