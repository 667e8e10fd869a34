// SPDX-License-Identifier: Apache-2.0
#include "config/read/shared_columns.hpp"

#include <fmt/format.h>

#include <map>
#include <string>

#include "base/text.hpp"

namespace syncline::config {
namespace {

struct Written {
  Place place;
  bool only_filled = false;
};

/// Beside the key's columns, by which rows are found.
std::map<std::string, Written> columns_of(const Entity& entity) {
  std::map<std::string, Written> out;
  if (entity.version) out[entity.version->column] = {entity.version->place};
  for (const FieldMapping& field : entity.fields) out[field.column] = {field.place, field.fill};
  for (const Relation& relation : entity.relations) out[relation.column] = {relation.place};
  for (const Numbering& number : entity.numbers) out[number.column] = {number.place};
  return out;
}

/// Whether a row of one can be a row of the other.
bool may_meet(const Entity& entity, const Entity& other) {
  if (entity.table != other.table) return false;
  const bool told_apart =
      entity.account != other.account && !entity.key.account_column.empty() && entity.key.account_column == other.key.account_column;
  if (told_apart) return false;
  if (entity.key.column == other.key.column) return true;
  // With keys of their own each knows the rows it has made; only one that adopts gets hold of the other's.
  return !entity.adopt.empty() || !other.adopt.empty();
}

/// Two makers of the same rows are refused as such.
bool both_make(const Entity& entity, const Entity& other) { return entity.key.column == other.key.column && entity.insert && other.insert; }

void check_pair(const Entity& entity, const Entity& other, std::vector<Problem>& problems) {
  const std::map<std::string, Written> others = columns_of(other);
  for (const auto& [column, written] : columns_of(entity)) {
    const auto twice = others.find(column);
    if (column.empty() || twice == others.end() || (written.only_filled && twice->second.only_filled)) continue;
    problems.push_back(
        {written.place,
         fmt::format(
             "entities/{}.yaml (line {}) already writes `{}` of the same rows of {}, and the two would overwrite each other with every "
             "sync; remove one, or let both only fill it (`fill: true`)",
             other.name, twice->second.place.line, base::shown(column, 60), record::to_string(entity.table))});
  }
}

}  // namespace

void check_shared_columns(const std::vector<EntityFile>& entities, std::vector<Problem>& problems) {
  for (size_t i = 0; i < entities.size(); ++i) {
    const Entity& entity = entities[i].entity;
    if (entity.table.name.empty() || entity.key.column.empty()) continue;
    for (size_t before = 0; before < i; ++before) {
      const Entity& other = entities[before].entity;
      // One file's accounts are one mapping; what is wrong with its key has been said.
      if (other.name == entity.name || !may_meet(entity, other) || both_make(entity, other)) continue;
      check_pair(entity, other, problems);
    }
  }
}

}  // namespace syncline::config
