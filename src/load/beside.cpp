// SPDX-License-Identifier: Apache-2.0
#include "load/beside.hpp"

#include <algorithm>

#include "load/keys.hpp"

namespace syncline::load {
namespace {

/// A parent that the batch before makes is one that this batch must find.
bool relates_to_itself(const Target& target) {
  return std::any_of(target.parents.begin(), target.parents.end(),
                     [&](const Parent& parent) { return parent.table.name == target.table.name.name; });
}

/// A record that waits, and its link, are remembered from batch to batch.
bool waits(const config::Entity& entity) {
  using Missing = config::Relation::Missing;
  return std::any_of(entity.relations.begin(), entity.relations.end(), [](const config::Relation& relation) {
    return relation.missing == Missing::Wait || relation.missing == Missing::Link;
  });
}

bool goes_without_taken(const config::Entity& entity) {
  return std::any_of(entity.fields.begin(), entity.fields.end(), [](const config::FieldMapping& field) { return field.taken_as_null; });
}

/// Rows of both batches may want one value of it: they would wait for each other, in no order.
bool writes_other_unique_values(const Target& target) {
  const std::string& key = target.columns[0].column.name;
  const auto is_written = [&](const std::string& column) {
    const auto named = [&](const record::RowColumn& one) {
      return one.role != record::RowColumn::Role::RelationKey && one.column.name == column;
    };
    const auto linked = [&](const Parent& parent) { return parent.column.name == column; };
    return std::any_of(target.columns.begin(), target.columns.end(), named) ||
           std::any_of(target.parents.begin(), target.parents.end(), linked);
  };
  return std::any_of(target.table.unique_indexes.begin(), target.table.unique_indexes.end(), [&](const record::UniqueIndex& index) {
    const bool of_key = std::find(index.columns.begin(), index.columns.end(), key) != index.columns.end();
    return !of_key && (index.columns.empty() || std::any_of(index.columns.begin(), index.columns.end(), is_written));
  });
}

}  // namespace

bool can_be_written_beside(const Target& target, const config::Entity& entity, const sql::Connection& connection) {
  if (connection.dialect() != sql::Dialect::Postgres || !connection.capabilities().session_tables) return false;
  if (!target.stamp_seed || !has_comparable_keys(target) || entity.batch_rows) return false;
  if (!target.adopt.empty() || !target.numbers.empty() || goes_without_taken(entity) || waits(entity)) return false;
  return target.table.triggers.empty() && !relates_to_itself(target) && !writes_other_unique_values(target);
}

}  // namespace syncline::load
