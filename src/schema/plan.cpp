// SPDX-License-Identifier: Apache-2.0
#include "schema/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "config/column_fit.hpp"
#include "config/deletes_fit.hpp"
#include "schema/accounts.hpp"
#include "schema/fit.hpp"
#include "schema/numbers.hpp"
#include "schema/warnings.hpp"
#include "sql/collation.hpp"
#include "sql/objections.hpp"
#include "state/tables.hpp"

namespace syncline::schema {
namespace {

using record::Column;
using record::ColumnType;
using record::Table;

/// Collects the changes of one plan, and what is in their way.
struct Planner {
  sql::Connection& connection;
  const config::Project& project;
  Plan plan;
  std::vector<std::string> problems;
  std::set<std::string> planned;  ///< "table.column" and the like: two entities may share a table
  std::set<std::string> indexes;  ///< names given in this plan, with their schema

  /// What two accounts of one entity have in their way is said once.
  void problem(const config::Place& place, std::string message) {
    std::string text = config::to_string({place, std::move(message)});
    if (std::find(problems.begin(), problems.end(), text) == problems.end()) problems.push_back(std::move(text));
  }
  void change(const std::string& once, std::string what, std::string sql) {
    if (planned.insert(once).second) plan.changes.push_back({std::move(what), std::move(sql)});
  }
};

Column named(std::string name, ColumnType type) {
  Column out;
  out.name = std::move(name);
  out.type = type;
  return out;
}

void add_column(Planner& planner, const Table& table, const Column& column, std::string_view purpose) {
  if (table.column(column.name)) return;
  planner.change(to_string(table.name) + "." + column.name, fmt::format("{}: column {}, {}", to_string(table.name), column.name, purpose),
                 fmt::format("ALTER TABLE {} ADD COLUMN {} {};", sql::quoted(table.name), sql::quoted(column.name),
                             sql::type_name(planner.connection.dialect(), column)));
}

constexpr size_t NameBytesMax = 63;  // PostgreSQL cuts longer names, and two cut names could be the same

std::string index_name(Planner& planner, const Table& table, const std::string& column) {
  std::string name = fmt::format("syncline_{}_{}", table.name.name, column);
  // «a_b» with «c», and «a» with «b_c», come to the same name.
  if (name.size() > NameBytesMax || planner.indexes.contains(table.name.schema + "." + name)) {
    const auto hash = uint32_t(std::hash<std::string>{}(table.name.name + "." + column));
    size_t kept = std::min(name.size(), NameBytesMax - 9);
    while (kept > 0 && kept < name.size() && (name[kept] & 0xC0) == 0x80) --kept;  // not within a letter
    name = fmt::format("{}_{:08x}", name.substr(0, kept), hash);
  }
  planner.indexes.insert(table.name.schema + "." + name);
  return name;
}

void add_unique_index(Planner& planner, const Table& table, const std::vector<std::string>& columns) {
  const std::string names = base::joined(columns, ", ");
  const std::string once = fmt::format("{}.{} UNIQUE", to_string(table.name), names);
  if (table.has_unique(columns) || planner.planned.contains(once)) return;
  std::vector<std::string> quoted;
  for (const std::string& column : columns) quoted.push_back(sql::quoted(column));
  planner.change(once, fmt::format("{}: UNIQUE index on {}, by which rows are found again", to_string(table.name), names),
                 fmt::format("CREATE UNIQUE INDEX {} ON {} ({});", sql::quoted(index_name(planner, table, base::joined(columns, "_"))),
                             sql::quoted(table.name), base::joined(quoted, ", ")));
}

std::vector<std::string> names_of(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

/// What the relation's column must be able to hold: the parent's own id.
base::Result<std::optional<Column>> relation_column(Planner& planner, const Table& table, const config::Relation& relation) {
  const config::Entity* entity = planner.project.entity(relation.entity);
  const record::TableName name = relation.table ? *relation.table : entity->table;
  const auto parent = TRY(planner.connection.describe(name));
  if (!parent) {
    if (relation.table) planner.problem(relation.place, fmt::format("there is no table `{}`", to_string(name)));
    return std::optional<Column>();
  }
  const Column* id =
      relation.table_column.empty() ? table.referenced_column(relation.column, *parent) : parent->column(relation.table_column);
  if (!id && !relation.table_column.empty()) {
    const std::string near = base::nearest(relation.table_column, names_of(parent->columns));
    planner.problem(relation.place, fmt::format("`{}` has no column `{}`{}", to_string(name), relation.table_column,
                                                near.empty() ? "; name one it has" : fmt::format("; did you mean `{}`?", near)));
    return std::optional<Column>();
  }
  if (!id) {
    planner.problem(relation.place, fmt::format("cannot tell which column of `{}` `{}` refers to: it has neither a foreign key nor `{}` a "
                                                "single-column primary key; write `to: {{table: {}, column: …}}`",
                                                to_string(name), relation.column, to_string(name), to_string(name)));
    return std::optional<Column>();
  }
  Column column = named(relation.column, id->type);
  column.bytes = id->bytes;
  column.declared = id->declared;
  return std::optional(column);
}

void add_stamp_columns(Planner& planner, const Table& table) {
  Column transaction = named(std::string(config::stamp::Transaction), ColumnType::Other);
  transaction.declared = "xid";
  const std::string_view purpose = "so that rows which are as we wrote them need not be sent again (`stamp: false` does without)";
  add_column(planner, table, named(std::string(config::stamp::Hash), ColumnType::Integer), purpose);
  add_column(planner, table, transaction, purpose);
}

/// SQLite keeps an exact number as text, in which 1.0 and 1.00 are two.
void refuse_decimal_key(Planner& planner, const config::Entity& entity, const Table& table) {
  const Column* key = table.column(entity.key.column);
  if (planner.connection.dialect() != sql::Dialect::Sqlite || !key || key->type != ColumnType::Decimal) return;
  planner.problem(entity.key.place, fmt::format("`{}` is {}, which SQLite keeps as text: 1.0 and 1.00 would be two keys; make it TEXT or "
                                                "INTEGER",
                                                key->name, key->declared));
}

base::Result<void> judge_deletes(Planner& planner, const config::Entity& entity, const Table& table) {
  if (entity.deletes.kind == config::Deletes::Kind::Ignore) return {};
  const std::string collation = TRY(sql::equating_collation(planner.connection, table.name, entity.key.column));
  if (std::string objection = config::delete_objection(entity, table, collation); !objection.empty())
    planner.problem(entity.deletes.place, std::move(objection));
  return {};
}

base::Result<void> plan_entity(Planner& planner, const config::Entity& entity) {
  const auto table = TRY(planner.connection.describe(entity.table));
  if (!table) {
    const config::Problem missing = TRY(no_table(planner.connection, entity));
    planner.problem(missing.place, missing.message);
    return {};
  }
  for (const config::Problem& misfit : misfits(entity, *table)) planner.problem(misfit.place, misfit.message);
  refuse_decimal_key(planner, entity, *table);
  TRY(judge_deletes(planner, entity, *table));
  for (const sql::Objection& objection : TRY(sql::objections(planner.connection, *table, entity.key.column))) {
    if (const config::Place* place = config::written_at(entity, objection.column)) planner.problem(*place, objection.message);
  }
  add_column(planner, *table, named(entity.key.column, ColumnType::Text), "for the source's id; your primary key stays yours");
  if (!entity.key.account_column.empty())
    add_column(planner, *table, named(entity.key.account_column, ColumnType::Text), "for the account whose id it is");
  for (const SchemaChange& one : TRY(changes_for_accounts(planner.connection, planner.project, entity, *table)))
    planner.change(one.sql, one.what, one.sql);
  add_unique_index(planner, *table, entity.key_columns());
  if (entity.version)
    add_column(planner, *table, named(entity.version->column, ColumnType::Timestamp), "for how new a row is at the source");
  for (const config::FieldMapping& field : entity.fields) add_column(planner, *table, planned_column(field), "mapped");
  for (const config::Numbering& number : entity.numbers)
    add_column(planner, *table, named(number.column, ColumnType::Integer), "numbered when a row is inserted");
  const NumbersPlan numbers = TRY(plan_numbers(planner.connection, entity, *table));
  for (const config::Problem& problem : numbers.problems) planner.problem(problem.place, problem.message);
  for (const SchemaChange& change : numbers.changes) planner.change(change.sql, change.what, change.sql);
  for (const config::Relation& relation : entity.relations) {
    const auto column = TRY(relation_column(planner, *table, relation));
    if (column)
      add_column(planner, *table, *column,
                 fmt::format("the row of {} it belongs to", relation.table ? to_string(*relation.table) : relation.entity));
  }
  add_column(planner, *table, named("synced_at", ColumnType::Timestamp), "when the sync last wrote the row");
  if (entity.stamp && planner.connection.capabilities().row_versions) add_stamp_columns(planner, *table);
  return {};
}

/// An earlier version of ours had fewer columns; a table that lacks most of them is somebody else's.
void complete_own_table(Planner& planner, const state::OwnTable& own, const Table& there, const state::TableNames& names) {
  std::vector<Column> missing;
  std::copy_if(own.columns.begin(), own.columns.end(), std::back_inserter(missing),
               [&](const Column& column) { return !there.column(column.name); });
  if (state::is_not_ours(own, missing.size())) {
    planner.problems.push_back(state::not_ours(names(own.name), missing[0].name));
    return;
  }
  for (const Column& column : missing) {
    planner.change(own.name + "." + column.name, fmt::format("table {}: column {}, new in this version", names(own.name), column.name),
                   state::add_column_statement(own, column, names));
  }
  const std::string wider = widen_primary_key(own, there, names);
  if (!wider.empty())
    planner.change(own.name + " key",
                   fmt::format("table {}: its key is {} in this version", names(own.name), base::joined(own.primary_key, ", ")), wider);
}

base::Result<void> plan_own_tables(Planner& planner) {
  const state::TableNames names(planner.connection.dialect(), planner.project.tables_prefix);
  // CREATE SCHEMA IF NOT EXISTS needs a right that is not needed when the schema is there.
  const bool schema_there = names.dialect() != sql::Dialect::Postgres ||
                            !TRY(planner.connection.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'syncline'")).empty();
  for (const state::OwnTable& own : state::own_tables()) {
    const auto there = TRY(planner.connection.describe(names.in_catalog(own.name)));
    if (!there) {
      if (!schema_there) planner.change("schema", "schema syncline, for our own tables", "CREATE SCHEMA IF NOT EXISTS syncline;");
      planner.change(own.name, fmt::format("table {}: {}", names(own.name), own.help), state::create_statement(own, names));
      continue;
    }
    complete_own_table(planner, own, *there, names);
  }
  return {};
}

}  // namespace

base::Result<Plan> make_plan(sql::Connection& connection, const config::Project& project) {
  Planner planner{connection, project, {}, {}, {}, {}};
  for (const config::Entity& entity : project.entities) TRY_WITHIN(fmt::format("planning {}", entity.name), plan_entity(planner, entity));
  // What happens to the user's tables is what a reader looks for first.
  TRY(plan_own_tables(planner));
  if (!planner.problems.empty()) {
    return base::fail(
        {base::ErrorKind::ContractDrift, base::Side::Database, base::joined(planner.problems, "\n"), "not_as_mapped", "", {}});
  }
  planner.plan.warnings = TRY(warnings(connection, project));
  return std::move(planner.plan);
}

record::Column planned_column(const config::FieldMapping& field) {
  using config::FieldType;
  Column column = named(field.column, ColumnType::Text);
  switch (field.type) {
    case FieldType::FromColumn:
    case FieldType::Text:
    case FieldType::Email:
    case FieldType::Phone:
      break;
    case FieldType::Integer:
      column.type = ColumnType::Integer;
      break;
    case FieldType::Decimal:
      column.type = ColumnType::Decimal;
      break;
    case FieldType::Money:
      column.type = field.money_as_minor ? ColumnType::Integer : ColumnType::Decimal;
      break;
    case FieldType::Boolean:
      column.type = ColumnType::Boolean;
      break;
    case FieldType::Timestamp:
      column.type = ColumnType::Timestamp;
      break;
    case FieldType::Date:
      column.type = ColumnType::Date;
      break;
    case FieldType::Time:
      column.type = ColumnType::Time;
      break;
    case FieldType::Json:
      column.type = ColumnType::Jsonb;
      break;
    case FieldType::Uuid:
      column.type = ColumnType::Uuid;
      break;
  }
  return column;
}

}  // namespace syncline::schema
