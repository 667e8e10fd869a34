// SPDX-License-Identifier: Apache-2.0
#include "schema/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "config/column_fit.hpp"
#include "schema/accounts.hpp"
#include "schema/plan.hpp"

namespace syncline::schema {
namespace {

using config::Entity;
using config::Problem;
using record::Column;
using record::Table;
using record::TableKind;

std::string_view words_for(TableKind kind) {
  switch (kind) {
    case TableKind::Plain:
    case TableKind::Partitioned:
      return "a table";
    case TableKind::View:
      return "a view";
    case TableKind::MaterializedView:
      return "a materialized view";
    case TableKind::Foreign:
      return "a foreign table";
    case TableKind::Virtual:
      return "a virtual table";
  }
  return "";
}

bool can_have_index(TableKind kind) { return kind == TableKind::Plain || kind == TableKind::Partitioned; }

/// PostgreSQL makes no UNIQUE index on a partitioned table that lacks a column of its partition key.
void judge_partitions(const Entity& entity, const Table& table, std::vector<Problem>& problems) {
  if (table.has_unique(entity.key_columns())) return;
  const bool possible = std::all_of(table.partition_key.begin(), table.partition_key.end(), [&](const std::string& column) {
    return column == entity.key.column || column == entity.key.account_column;
  });
  if (possible) return;
  std::vector<std::string> by;
  for (const std::string& column : table.partition_key) by.push_back(column.empty() ? "an expression" : "`" + column + "`");
  problems.push_back({entity.key.place,
                      fmt::format("`{}` is partitioned by {}, and so it cannot have the UNIQUE index on `{}` alone by which rows are found "
                                  "again: name a table that is not partitioned, or partition it by hash of `{}`",
                                  to_string(table.name), base::joined(by, ", "), entity.key.column, entity.key.column)});
}

/// Ids of two accounts may be equal, and there they could not be.
void judge_other_indexes(const Entity& entity, const Table& table, std::vector<Problem>& problems) {
  if (entity.key.account_column.empty()) return;
  for (const record::UniqueIndex& index : table.unique_indexes) {
    if (index.partial || index.columns != std::vector<std::string>{entity.key.column} || is_own_index(index.name)) continue;
    problems.push_back(
        {entity.key.place,
         fmt::format("the UNIQUE index `{}` of `{}` is on `{}` alone, but ids of two accounts may be equal: drop it, or use another column",
                     index.name, to_string(table.name), entity.key.column)});
  }
}

void judge_account(const Entity& entity, const Table& table, std::vector<Problem>& problems) {
  const Column* column = table.column(entity.key.account_column);
  if (!column) return;
  if (std::string objection = config::write_objection(entity, table, *column); !objection.empty()) {
    problems.push_back({entity.key.place, std::move(objection)});
  } else if (column->type != record::ColumnType::Text && column->type != record::ColumnType::Other) {
    problems.push_back(
        {entity.key.place, fmt::format("`{}` holds the account's name, so it must be text, not {}", column->name, column->declared)});
  }
}

void judge_key(const Entity& entity, const Table& table, std::vector<Problem>& problems) {
  const Column* column = table.column(entity.key.column);
  if (!column) return;
  std::string objection = config::write_objection(entity, table, *column);
  if (!objection.empty()) {
    problems.push_back({entity.key.place, std::move(objection)});
  } else if (const auto fits = config::key_conversion(entity.key, *column); !fits) {
    problems.push_back({entity.key.place, fits.error()});
  }
}

void judge_local(const Entity& entity, const Table& table, std::vector<Problem>& problems) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  for (const std::string& local : entity.local) {
    if (table.column(local)) continue;
    const std::string near = base::nearest(local, names);
    problems.push_back({entity.place, fmt::format("`local` names `{}`, which {} does not have{}", local, to_string(table.name),
                                                  near.empty() ? "; take it out" : fmt::format("; did you mean `{}`?", near))});
  }
}

void judge_field(const Entity& entity, const Table& table, const config::FieldMapping& field, std::vector<Problem>& problems) {
  const Column* there = table.column(field.column);
  const Column column = there ? *there : planned_column(field);
  if (std::string objection = config::write_objection(entity, table, column); !objection.empty()) {
    problems.push_back({field.place, std::move(objection)});
  } else if (const auto fits = config::conversion(field, column); !fits) {
    problems.push_back({field.place, fmt::format("`{}`: {}", field.column, fits.error())});
  }
  if (!field.taken_as_null) return;
  const bool unique = std::any_of(table.unique_indexes.begin(), table.unique_indexes.end(), [&](const record::UniqueIndex& index) {
    return index.columns.empty() || index.columns == std::vector{field.column};
  });
  if (!there || !unique || !there->nullable) {
    problems.push_back(
        {field.place, fmt::format("`taken: null` is for a column that is UNIQUE by itself and can be NULL, which `{}` of {} is "
                                  "not; remove it",
                                  field.column, to_string(table.name))});
  }
}

/// Which row is adopted is said by the table's own key. A partitioned table has none that could: its keys have the partition key's columns.
void judge_adoption(const Entity& entity, const Table& table, std::vector<Problem>& problems) {
  if (entity.adopt.empty()) return;
  const bool possible = std::any_of(table.unique_indexes.begin(), table.unique_indexes.end(), [&](const record::UniqueIndex& index) {
    return index.primary && index.columns.size() == 1 && index.columns[0] != entity.key.column;
  });
  if (possible) return;
  problems.push_back({entity.adopt[0].place,
                      fmt::format("rows of `{}` cannot be adopted: it has no primary key of one column beside `{}`; take `adopt` out, or "
                                  "give the table such a key",
                                  to_string(table.name), entity.key.column)});
}

void judge_version(const Entity& entity, const Table& table, std::vector<Problem>& problems) {
  if (!entity.version || !table.column(entity.version->column)) return;
  config::FieldMapping field;
  field.column = entity.version->column;
  field.place = entity.version->place;
  judge_field(entity, table, field, problems);
}

void judge_relation(const Entity& entity, const Table& table, const config::Relation& relation, std::vector<Problem>& problems) {
  const Column* column = table.column(relation.column);
  if (!column) return;
  if (std::string objection = config::write_objection(entity, table, *column); !objection.empty())
    problems.push_back({relation.place, std::move(objection)});
}

/// A trigger may give such a column its value, which nobody can tell from outside.
void judge_rest(const Entity& entity, const Table& table, std::vector<Problem>& problems) {
  if (std::any_of(table.triggers.begin(), table.triggers.end(), [](const record::Trigger& one) { return one.fills_inserts; })) return;
  for (const std::string& column : columns_without_value(entity, table)) {
    problems.push_back({entity.place, fmt::format("`{}` of {} is NOT NULL without a default and is not mapped, so that no new row could be "
                                                  "inserted: map it (`const:` gives a fixed value, {{sequence: NAME, create: after_max}} a "
                                                  "number), give it a DEFAULT, or let it be NULL",
                                                  column, to_string(table.name))});
  }
}

std::set<std::string_view> written_columns(const Entity& entity) {
  std::set<std::string_view> written{entity.key.column, entity.key.account_column, "synced_at"};
  if (entity.version) written.insert(entity.version->column);
  for (const config::FieldMapping& field : entity.fields) written.insert(field.column);
  for (const config::Relation& relation : entity.relations) written.insert(relation.column);
  for (const config::Numbering& number : entity.numbers) written.insert(number.column);
  return written;
}

}  // namespace

base::Result<config::Problem> no_table(sql::Connection& connection, const Entity& entity) {
  const std::string near = base::nearest(entity.table.name, TRY(connection.table_names()));
  return Problem{entity.place,
                 fmt::format("there is no table `{}` in the database{}", to_string(entity.table),
                             near.empty() ? "; `table:` names one you already have" : fmt::format("; did you mean `{}`?", near))};
}

std::vector<Problem> misspelt_columns(const Entity& entity, const Table& table) {
  std::set<std::string_view> taken = written_columns(entity);
  taken.insert({config::stamp::Hash, config::stamp::Transaction, entity.deletes.column});
  std::vector<std::string> free;
  for (const Column& column : table.columns) {
    if (!taken.contains(column.name) && config::write_objection(entity, table, column).empty()) free.push_back(column.name);
  }
  std::vector<Problem> out;
  for (const config::FieldMapping& field : entity.fields) {
    const std::string near = table.column(field.column) ? "" : base::nearest(field.column, free);
    if (near.empty()) continue;
    out.push_back({field.place, fmt::format("{} has no column `{}`, so it will be added; did you mean `{}`?", to_string(table.name),
                                            field.column, near)});
  }
  return out;
}

std::vector<std::string> columns_without_value(const Entity& entity, const Table& table) {
  const std::set<std::string_view> written = written_columns(entity);
  std::vector<std::string> out;
  for (const Column& column : table.columns) {
    if (!column.nullable && !column.has_default && !column.generated && !written.contains(column.name)) out.push_back(column.name);
  }
  return out;
}

std::vector<Problem> misfits(const Entity& entity, const Table& table) {
  std::vector<Problem> problems;
  if (!can_have_index(table.kind)) {
    problems.push_back({entity.place, fmt::format("`{}` is {}, which cannot have the UNIQUE index by which rows are found again: `table:` "
                                                  "must name a table, such as the one beneath it",
                                                  to_string(table.name), words_for(table.kind))});
    return problems;
  }
  judge_partitions(entity, table, problems);
  judge_key(entity, table, problems);
  judge_local(entity, table, problems);
  judge_account(entity, table, problems);
  judge_other_indexes(entity, table, problems);
  judge_adoption(entity, table, problems);
  judge_version(entity, table, problems);
  for (const config::FieldMapping& field : entity.fields) judge_field(entity, table, field, problems);
  for (const config::Relation& relation : entity.relations) judge_relation(entity, table, relation, problems);
  if (entity.insert) judge_rest(entity, table, problems);
  return problems;
}

}  // namespace syncline::schema
