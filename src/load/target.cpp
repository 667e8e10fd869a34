// SPDX-License-Identifier: Apache-2.0
#include "load/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "config/column_fit.hpp"
#include "config/dialing.hpp"
#include "load/accounts.hpp"
#include "load/ownership.hpp"
#include "sql/collation.hpp"
#include "sql/objections.hpp"

namespace syncline::load {
namespace {

base::Error drift(const config::Place& place, std::string message) {
  return {base::ErrorKind::ContractDrift, base::Side::Database, config::to_string({place, std::move(message)}), "not_as_planned", "", {}};
}

const config::Entity& parent_entity(const config::Project& project, const config::Relation& relation) {
  const config::Entity* entity = project.entity(relation.entity);
  base::check(entity != nullptr, "a relation's entity was checked when the project was read");
  return *entity;  // of several accounts the first: they differ in nothing that is asked of a parent
}

base::Result<ParentWay> bind_way(const config::Project& project, const config::Relation& relation, const config::RelationWay& way,
                                 const record::Table& parent) {
  const bool external = way.kind == config::RelationWay::Kind::External;
  const std::string name = external ? parent_entity(project, relation).key.column : way.column;
  const record::Column* column = parent.column(name);
  if (!column) {
    return base::fail(drift(way.place, fmt::format("`{}` has no column `{}`; {}", to_string(parent.name), name,
                                                   external ? "`syncline migrate` adds it" : "name one it has")));
  }
  // Without it one key could have two parents, and each would get a row.
  if (external && !parent.has_unique(parent_entity(project, relation).key_columns())) {
    return base::fail(
        drift(way.place, fmt::format("`{}` has no UNIQUE index on `{}`, by which parents are found; `syncline migrate` makes it",
                                     to_string(parent.name), base::joined(parent_entity(project, relation).key_columns(), ", "))));
  }
  // Of a table that is not synced nobody says that it holds telephone numbers.
  const bool known = !external && !relation.table;
  return ParentWay{way.kind, *column, 0, known ? config::phone_plan(parent_entity(project, relation), name) : std::nullopt};
}

base::Result<Parent> bind_parent(sql::Connection& connection, const config::Project& project, const record::Table& table,
                                 const config::Relation& relation) {
  const record::TableName name = relation.table ? *relation.table : parent_entity(project, relation).table;
  const auto parent = TRY(connection.describe(name));
  if (!parent) return base::fail(drift(relation.place, fmt::format("there is no table `{}`", to_string(name))));
  const record::Column* column = table.column(relation.column);
  if (!column)
    return base::fail(
        drift(relation.place, fmt::format("`{}` has no column `{}`; `syncline migrate` adds it", to_string(table.name), relation.column)));
  const record::Column* id =
      relation.table_column.empty() ? table.referenced_column(relation.column, *parent) : parent->column(relation.table_column);
  if (!id) {
    return base::fail(drift(relation.place, fmt::format("cannot tell which column of `{}` `{}` refers to: it has neither a foreign key nor "
                                                        "`{}` a single-column primary key; write `to: {{table: {}, column: …}}`",
                                                        to_string(name), relation.column, to_string(name), to_string(name))));
  }
  Parent out{parent->name, *id, *column, {}, relation.table ? "" : parent_entity(project, relation).key.account_column, {}};
  if (!out.account_column.empty() && !parent->column(out.account_column)) {
    return base::fail(
        drift(relation.place, fmt::format("`{}` has no column `{}`; `syncline migrate` adds it", to_string(name), out.account_column)));
  }
  for (const config::RelationWay& way : relation.by) {
    auto bound = bind_way(project, relation, way, *parent);
    if (!bound) return base::fail(std::move(bound).error());
    if (bound->kind == config::RelationWay::Kind::External && !out.external_way) out.external_way = out.ways.size();
    out.ways.push_back(*std::move(bound));
  }
  return out;
}

/// Which row is adopted is said by the table's own key.
base::Result<record::Column> bind_row_id(const config::Entity& entity, const record::Table& table) {
  for (const record::UniqueIndex& index : table.unique_indexes) {
    if (!index.primary || index.columns.size() != 1 || index.columns[0] == entity.key.column) continue;
    if (const record::Column* column = table.column(index.columns[0])) return *column;
  }
  return base::fail(
      drift(entity.adopt[0].place,
            fmt::format("rows of `{}` cannot be adopted: it has no primary key of one column beside `{}`; take `adopt` out, or "
                        "give the table such a key",
                        to_string(table.name), entity.key.column)));
}

base::Result<NaturalKey> bind_natural_key(const config::Entity& entity, const config::NaturalKey& key, const Target& target) {
  NaturalKey out;
  for (const std::string& name : key.columns) {
    NaturalPart part;
    for (size_t i = 0; i < target.columns.size(); ++i) {
      if (target.columns[i].role == record::RowColumn::Role::Field && target.columns[i].column.name == name)
        part = {target.columns[i].column, false, i, config::phone_plan(entity, name)};
    }
    for (size_t i = 0; i < target.parents.size(); ++i) {
      if (target.parents[i].column.name == name) part = {target.parents[i].column, true, i, {}};
    }
    base::check(part.column.name == name, "a natural key's columns were checked when the project was read");
    // On PostgreSQL it has no equality, on SQLite one of spelling.
    if (part.column.type == record::ColumnType::Json) {
      return base::fail(drift(key.place, fmt::format("`{}` of `{}` is json, which is equal to nothing; adopt rows by other columns", name,
                                                     to_string(entity.table))));
    }
    out.parts.push_back(std::move(part));
  }
  return out;
}

/// A stamp speaks of this table in this cluster, of these columns with these types, and of this mapping: another of any of them and the
/// hash is another. Empty where rows cannot be stamped: no such columns, or no table whose rows show the transaction that wrote them.
base::Result<std::optional<uint64_t>> stamp_seed(sql::Connection& connection, const config::Entity& entity, const record::Table& table,
                                                 const std::vector<record::RowColumn>& columns) {
  const record::Column *hash = table.column(config::stamp::Hash), *transaction = table.column(config::stamp::Transaction);
  const bool wanted = entity.stamp && connection.capabilities().row_versions;
  if (!wanted || !hash || hash->type != record::ColumnType::Integer || hash->bytes != 8 || !transaction || transaction->declared != "xid")
    return std::nullopt;
  const std::string name = sql::quoted(table.name);
  const auto rows = connection.query(
      // An enum may be behind a domain, or what an array is of.
      "SELECT a.attname, pg_catalog.concat_ws(' ', s.system_identifier, c.oid, a.attnum, a.atttypid, a.atttypmod, (WITH RECURSIVE types "
      "(id) AS (SELECT a.atttypid UNION SELECT u.id FROM types JOIN pg_catalog.pg_type t ON t.oid = types.id, LATERAL (VALUES "
      "(t.typbasetype), (t.typelem)) AS u (id) WHERE u.id <> 0) SELECT pg_catalog.string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder) "
      "FROM pg_catalog.pg_enum e WHERE e.enumtypid IN (SELECT types.id FROM types))) "
      "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid, pg_catalog.pg_control_system() s "
      "WHERE c.oid = pg_catalog.to_regclass($1::text) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped",
      std::array{record::Cell::of(name)});
  // Where the cluster cannot be told from another, or the catalog is not PostgreSQL's, every row is compared.
  if (!rows) return sql::is_connection_lost(rows.error()) ? base::Result<std::optional<uint64_t>>(base::fail(rows.error())) : std::nullopt;
  if (rows->empty()) return std::nullopt;
  base::Hash seed;
  const auto add_column = [&](std::string_view column) {
    for (size_t i = 0; i < rows->size(); ++i) {
      if (rows->text(i, 0) == column) seed.add(rows->text(i, 1));
    }
  };
  for (const record::RowColumn& column : columns) {
    seed.add(int64_t(column.role));
    seed.add(column.column.name);
    if (is_filled(entity, column)) seed.add("fill");
    add_column(column.column.name);
  }
  for (const config::Relation& relation : entity.relations) {
    seed.add(relation.column);
    add_column(relation.column);
  }
  // Rows that are marked as deleted must be looked at from now on.
  if (entity.deletes.kind == config::Deletes::Kind::Soft) {
    seed.add("soft");
    seed.add(entity.deletes.column);
    if (entity.deletes.resurrect) seed.add("resurrect");
  }
  return seed.value();
}

/// COPY passes rules over, and where the rows a role may see are limited it is refused.
base::Result<bool> takes_copies(sql::Connection& connection, const record::Table& table) {
  if (!connection.capabilities().copy) return false;
  const std::string name = sql::quoted(table.name);
  const auto rows = connection.query(
      "SELECT 1 FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1::text) AND relkind IN ('r', 'p') AND NOT relhasrules AND "
      "NOT "
      "pg_catalog.row_security_active(oid)",
      std::array{record::Cell::of(name)});
  if (!rows) return sql::is_connection_lost(rows.error()) ? base::Result<bool>(base::fail(rows.error())) : false;
  return !rows->empty();
}

base::Result<bool> has_policies(sql::Connection& connection, const record::Table& table) {
  if (connection.dialect() != sql::Dialect::Postgres) return false;
  const std::string name = sql::quoted(table.name);
  const auto rows =
      connection.query("SELECT pg_catalog.row_security_active(pg_catalog.to_regclass($1::text)::oid)", std::array{record::Cell::of(name)});
  if (!rows) return sql::is_connection_lost(rows.error()) ? base::Result<bool>(base::fail(rows.error())) : false;
  return !rows->empty() && rows->integer(0, 0) == 1;
}

}  // namespace

bool Target::writes(const std::string& column) const {
  const auto named = [&](const record::RowColumn& one) {
    return one.role != record::RowColumn::Role::RelationKey && one.column.name == column;
  };
  const auto linked = [&](const Parent& parent) { return parent.column.name == column; };
  return std::any_of(columns.begin(), columns.end(), named) || std::any_of(parents.begin(), parents.end(), linked);
}

base::Result<Target> bind_target(sql::Connection& connection, const config::Project& project, const config::Entity& entity,
                                 const record::Table& table, std::vector<record::RowColumn> columns) {
  if (!table.has_unique(entity.key_columns())) {
    return base::fail(drift(entity.key.place, fmt::format("`{}` has no UNIQUE index on `{}`; `syncline migrate` makes it",
                                                          to_string(table.name), base::joined(entity.key_columns(), ", "))));
  }
  TRY(check_accounts(connection, entity, table));
  for (const sql::Objection& objection : TRY(sql::objections(connection, table, entity.key.column))) {
    if (const config::Place* place = config::written_at(entity, objection.column)) return base::fail(drift(*place, objection.message));
  }
  if (!table.column("synced_at"))
    return base::fail(
        drift(entity.place, fmt::format("`{}` has no column `synced_at`; `syncline migrate` adds it", to_string(table.name))));
  Target out{table, std::move(columns), {}, {}, {}, {}, TRY(sql::equating_collation(connection, table.name, entity.key.column)), {}, {}, {},
             {}};
  out.account_column = entity.key.account_column;
  out.account = entity.account;
  out.defaults = TRY(column_defaults(connection, table));
  for (size_t i = 0; i < out.columns.size(); ++i) {
    out.fills.push_back(is_filled(entity, out.columns[i]));
    if (out.columns[i].role == record::RowColumn::Role::Version) out.version = i;
  }
  for (const config::Relation& relation : entity.relations) out.parents.push_back(TRY(bind_parent(connection, project, table, relation)));
  for (size_t i = 0; i < out.columns.size(); ++i) {
    const record::RowColumn& column = out.columns[i];
    if (column.role == record::RowColumn::Role::RelationKey) out.parents[column.relation].ways[column.way].key = i;
  }
  if (!entity.adopt.empty()) out.row_id = TRY(bind_row_id(entity, table));
  for (const config::NaturalKey& key : entity.adopt) out.adopt.push_back(TRY(bind_natural_key(entity, key, out)));
  out.numbers = TRY(bind_numbers(connection, entity, table, out.parents));
  out.has_policies = TRY(has_policies(connection, table));
  out.stamp_seed = TRY(stamp_seed(connection, entity, table, out.columns));
  if (out.stamp_seed) out.takes_copies = TRY(takes_copies(connection, table));
  return out;
}

}  // namespace syncline::load
