// SPDX-License-Identifier: Apache-2.0
#include "schema/accounts.hpp"

#include <fmt/format.h>

#include <set>

#include "base/text.hpp"
#include "sql/dialect.hpp"

namespace syncline::schema {
namespace {

/// The accounts that have fed this key column so far.
base::Result<std::set<std::string>> accounts_so_far(sql::Connection& connection, const config::Project& project,
                                                    const config::Entity& entity) {
  std::set<std::string> out;
  const state::TableNames names(connection.dialect(), project.tables_prefix);
  if (!TRY(connection.describe(names.in_catalog("sync_checkpoint")))) return out;
  const sql::Rows rows = TRY(connection.query(fmt::format("SELECT entity, account FROM {}", names("sync_checkpoint"))));
  for (size_t i = 0; i < rows.size(); ++i) {
    const config::Entity* known = project.entity(rows.text(i, 0));
    if (known && known->table == entity.table && known->key.column == entity.key.column) out.insert(std::string(rows.text(i, 1)));
  }
  return out;
}

}  // namespace

bool is_own_index(std::string_view name) { return name.starts_with("syncline_"); }

base::Result<std::vector<SchemaChange>> changes_for_accounts(sql::Connection& connection, const config::Project& project,
                                                             const config::Entity& entity, const record::Table& table) {
  std::vector<SchemaChange> out;
  if (entity.key.account_column.empty() || !table.column(entity.key.column)) return out;
  const std::string name = sql::quoted(table.name), key = sql::quoted(entity.key.column), account = sql::quoted(entity.key.account_column);
  const std::string without =
      table.column(entity.key.account_column) ? fmt::format("{} IS NOT NULL AND {} IS NULL", key, account) : key + " IS NOT NULL";
  if (!TRY(connection.query(fmt::format("SELECT 1 FROM {} WHERE {} LIMIT 1", name, without))).empty()) {
    const std::set<std::string> accounts = TRY(accounts_so_far(connection, project, entity));
    if (accounts.size() == 1) {
      out.push_back({fmt::format("{}: the ids that are there are those of the account {}, which has fed the table so far",
                                 to_string(table.name), *accounts.begin()),
                     fmt::format("UPDATE {} SET {} = {} WHERE {} IS NOT NULL AND {} IS NULL;", name, account,
                                 sql::literal(*accounts.begin()), key, account)});
    }
  }
  for (const record::UniqueIndex& index : table.unique_indexes) {
    if (index.columns != std::vector<std::string>{entity.key.column} || !is_own_index(index.name)) continue;
    const record::TableName in_schema{table.name.schema, index.name};
    out.push_back({fmt::format("{}: the UNIQUE index on {} alone goes, since ids of two accounts may be equal", to_string(table.name),
                               entity.key.column),
                   fmt::format("DROP INDEX {};", sql::quoted(in_schema))});
  }
  return out;
}

std::string widen_primary_key(const state::OwnTable& own, const record::Table& there, const state::TableNames& names) {
  if (!own.identity.empty()) return "";
  const record::UniqueIndex* primary = nullptr;
  for (const record::UniqueIndex& index : there.unique_indexes) {
    if (index.primary) primary = &index;
  }
  if (!primary || primary->columns == own.primary_key) return "";
  std::vector<std::string> key, columns;
  for (const std::string& column : own.primary_key) key.push_back(sql::quoted(column));
  if (names.dialect() == sql::Dialect::Postgres) {
    return fmt::format("ALTER TABLE {} DROP CONSTRAINT {}, ADD PRIMARY KEY ({});", names(own.name), sql::quoted(primary->name),
                       base::joined(key, ", "));
  }
  // SQLite changes no primary key: the rows move into a table that has the new one.
  const std::string before = names(own.name + "_before");
  for (const record::Column& column : own.columns) columns.push_back(sql::quoted(column.name));
  const std::string all = base::joined(columns, ", ");
  return fmt::format("ALTER TABLE {0} RENAME TO {1};\n{2}\nINSERT INTO {0} ({3}) SELECT {3} FROM {1};\nDROP TABLE {1};", names(own.name),
                     before, state::create_statement(own, names), all);
}

}  // namespace syncline::schema
