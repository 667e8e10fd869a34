// SPDX-License-Identifier: Apache-2.0
#include "schema/warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "schema/fit.hpp"
#include "schema/grants.hpp"
#include "schema/sequences.hpp"
#include "state/tables.hpp"

namespace syncline::schema {
namespace {

using record::Table;

/// Warnings in the order they come up, each once: two entities may share a table.
struct Warnings {
  std::vector<std::string> all;
  std::set<std::string> told;

  void add(std::string text) {
    if (told.insert(text).second) all.push_back(std::move(text));
  }
};

void warn_of_triggers(const config::Entity& entity, const Table& table, Warnings& out) {
  if (table.triggers.empty()) return;
  std::vector<std::string> names;
  bool fills = false;
  for (const record::Trigger& trigger : table.triggers) {
    names.push_back("`" + trigger.name + "`");
    fills = fills || trigger.fills_inserts;
  }
  out.add(fmt::format("{} has triggers, which fire for the rows a sync writes as for any other: {}", to_string(table.name),
                      base::joined(names, ", ")));
  if (!fills) return;
  for (const std::string& column : columns_without_value(entity, table)) {
    out.add(
        config::to_string({entity.place, fmt::format("`{}` of {} is NOT NULL without a default and is not mapped: unless a trigger gives "
                                                     "it a value, no new row can be inserted",
                                                     column, to_string(table.name))}));
  }
}

/// Entities' own keys get their UNIQUE index by the plan; a table that is not synced is not ours to change.
void warn_of_parents(const config::Relation& relation, const Table& table, const Table& parent, Warnings& out) {
  std::set<std::string> asked;
  const record::Column* id =
      relation.table_column.empty() ? table.referenced_column(relation.column, parent) : parent.column(relation.table_column);
  if (id) asked.insert(id->name);
  for (const config::RelationWay& way : relation.by) {
    if (way.kind == config::RelationWay::Kind::Column && parent.column(way.column)) asked.insert(way.column);
  }
  for (const std::string& column : asked) {
    if (parent.has_unique({column})) continue;
    const std::string index = sql::quoted(fmt::format("{}_{}_unique", parent.name.name, column));
    out.add(config::to_string(
        {relation.place,
         fmt::format("`{}` of {} is not unique, so that `{}` may find two rows and then goes by `ambiguous:`; if it is meant "
                     "to be, have its owner run CREATE UNIQUE INDEX {} ON {} ({});",
                     column, to_string(parent.name), relation.column, index, sql::quoted(parent.name), sql::quoted(column))}));
  }
}

/// Whether the next number is taken already: nothing says so until the user's own program inserts a row.
base::Result<void> warn_of_taken(sql::Connection& connection, const Table& table, const Sequence& sequence, Warnings& out) {
  if (!table.has_unique({sequence.column})) return {};
  const std::string column = sql::quoted(sequence.column), from = sql::quoted(table.name);
  const sql::Rows taken =
      TRY(connection.query(fmt::format("SELECT max({0}) FROM {1} HAVING max({0}) >= {2}", column, from, sequence.next)));
  if (taken.empty()) return {};
  out.add(
      fmt::format("the sequence of {}.{} gives {} next, but {} is taken: new rows will fail. Repair it with SELECT setval({}, (SELECT "
                  "max({}) FROM {}));",
                  to_string(table.name), sequence.column, sequence.next, taken.text(0, 0), sql::literal(sequence.name), column, from));
  return {};
}

void warn_of_running_out(const Table& table, const Sequence& sequence, Warnings& out) {
  if (!sequence.half_used) return;
  const std::string of = fmt::format("the sequence of {}.{}", to_string(table.name), sequence.column);
  const std::string wider = fmt::format(
      "(the table is rewritten, and columns that refer to it need the same): ALTER TABLE {} ALTER COLUMN {} TYPE bigint; ALTER SEQUENCE {} "
      "AS bigint;",
      sql::quoted(table.name), sql::quoted(sequence.column), sequence.name);
  if (sequence.exhausted) {
    out.add(fmt::format("{} has given its last number, {}: no new row can be inserted. Make both wider {}", of, sequence.limit, wider));
    return;
  }
  out.add(fmt::format("{} gives {} next and has used more than half of the numbers up to {}. Make both wider before it runs out {}", of,
                      sequence.next, sequence.limit, wider));
}

/// A column of the team's own numbers looks like one of ids: rows would be taken for records that they are not.
base::Result<void> warn_of_filled_key(sql::Connection& connection, const config::Project& project, const config::Entity& entity,
                                      const Table& table, Warnings& out) {
  if (!table.column(entity.key.column)) return {};
  const state::TableNames names(connection.dialect(), project.tables_prefix);
  if (TRY(connection.describe(names.in_catalog("sync_log")))) {
    // Another entity may have filled the same column, where this one only adds to its rows.
    for (const config::Entity& one : project.entities) {
      if (one.table != entity.table || one.key.column != entity.key.column) continue;
      const std::array written{record::Cell::of(std::string_view(one.name))};
      const std::string ever = fmt::format("SELECT 1 FROM {} WHERE entity = $1 AND rows_synced > 0 LIMIT 1", names("sync_log"));
      if (!TRY(connection.query(ever, written)).empty()) return {};
    }
  }
  const std::string key = sql::quoted(entity.key.column);
  const int64_t filled =
      TRY(connection.query(fmt::format("SELECT count(*) FROM {} WHERE {} IS NOT NULL", sql::quoted(table.name), key))).integer(0, 0);
  if (filled == 0) return {};
  out.add(
      fmt::format("`{}` of {} has a value in {} rows already, though no sync has written the table: a row whose value equals a record's "
                  "id is taken for that record. If these are not the vendor's ids, name a column of its own as the key of {}",
                  entity.key.column, to_string(table.name), base::with_thousands(filled), entity.name));
  return {};
}

base::Result<void> warn_of_entity(sql::Connection& connection, const config::Project& project, const config::Entity& entity,
                                  Warnings& out) {
  const auto table = TRY(connection.describe(entity.table));
  if (!table) return {};
  TRY(warn_of_filled_key(connection, project, entity, *table, out));
  for (const config::Problem& question : misspelt_columns(entity, *table)) out.add(config::to_string(question));
  warn_of_triggers(entity, *table, out);
  for (const config::Relation& relation : entity.relations) {
    if (!relation.table) continue;
    const auto parent = TRY(connection.describe(*relation.table));
    if (parent) warn_of_parents(relation, *table, *parent, out);
  }
  for (const Sequence& sequence : TRY(readable_sequences(connection, *table))) {
    TRY(warn_of_taken(connection, *table, sequence, out));
    warn_of_running_out(*table, sequence, out);
  }
  return {};
}

/// A record that slips from one page to another while they are read is missed without a trace: the count is as it was.
void warn_of_moving_lists(const config::Project& project, Warnings& out) {
  std::vector<std::string> names;
  for (const config::Entity& entity : project.entities) {
    const config::Account* account = project.account(entity.account);
    const config::Stream* stream = account ? account->connector.stream(entity.stream) : nullptr;
    const bool is_new = std::find(names.begin(), names.end(), entity.name) == names.end();
    if (stream && stream->is_paged_by_number() && entity.passes == 1 && is_new) names.push_back(entity.name);
  }
  if (names.empty()) return;
  out.add(
      fmt::format("weak pagination: {} {} read by page numbers, so a record may slip by while others are deleted and added, until the next "
                  "`sync --full`; `passes: 3` in an entity's file reads its list again until nothing new comes",
                  base::joined(names, ", "), names.size() == 1 ? "is" : "are"));
}

/// A right that a changed mapping needs is missed by the sync only when it comes to it.
base::Result<void> warn_of_rights(sql::Connection& connection, const config::Project& project, Warnings& out) {
  const auto missing = missing_grants(connection, project);
  if (!missing) {
    // A server that does not tell rights, or a role that may not ask: the sync will say it.
    return sql::is_connection_lost(missing.error()) ? base::Result<void>(base::fail(missing.error())) : base::Result<void>();
  }
  if (missing->empty()) return {};
  out.add(fmt::format("this role lacks rights that a sync needs; have the owner run {}", base::joined(*missing, " ")));
  return {};
}

}  // namespace

base::Result<std::vector<std::string>> warnings(sql::Connection& connection, const config::Project& project) {
  Warnings out;
  for (const config::Entity& entity : project.entities)
    TRY_WITHIN(fmt::format("looking at {}", entity.name), warn_of_entity(connection, project, entity, out));
  warn_of_moving_lists(project, out);
  TRY(warn_of_rights(connection, project, out));
  return std::move(out.all);
}

}  // namespace syncline::schema
