// SPDX-License-Identifier: Apache-2.0
#include "sync/binding.hpp"

#include "schema/fit.hpp"

namespace syncline::sync {
namespace {

/// Of each relation to an entity the column that holds that one's ids; what is not there is told when the target is bound.
base::Result<transform::ParentKeys> parent_keys(sql::Connection& connection, const config::Project& project, const config::Entity& entity) {
  transform::ParentKeys out(entity.relations.size());
  for (size_t i = 0; i < out.size(); ++i) {
    const config::Relation& relation = entity.relations[i];
    const config::Entity* parent = relation.table ? nullptr : project.entity(relation.entity);
    if (!parent) continue;
    const auto table = TRY(connection.describe(parent->table));
    if (const record::Column* column = table ? table->column(parent->key.column) : nullptr) out[i] = *column;
  }
  return out;
}

}  // namespace

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
  const transform::ParentKeys keys = TRY(parent_keys(connection, project, entity));
  auto mapping = TRY(transform::bind(entity, *table, project.rules, keys));
  load::Target target = TRY(load::bind_target(connection, project, entity, *table, mapping->columns()));
  return Binding{*std::move(table), std::move(mapping), std::move(target)};
}

}  // namespace syncline::sync
