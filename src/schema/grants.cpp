// SPDX-License-Identifier: Apache-2.0
#include "schema/grants.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

#include "schema/sequences.hpp"

namespace syncline::schema {
namespace {

/// Statements for the user's own tables, each once, by what they are about.
struct Grants {
  std::set<std::string> schemas, written, sequences, read;
};

/// Notes the schema a table is found in; its full name, ready for a statement, or "" if there is no such table.
base::Result<std::string> located(sql::Connection& connection, const record::TableName& table, Grants& out) {
  const std::string name = sql::quoted(table);
  const sql::Rows rows =
      TRY(connection.query("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
                           "ON n.oid = c.relnamespace WHERE c.oid = pg_catalog.to_regclass($1::text)",
                           std::array{record::Cell::of(name)}));
  if (rows.empty()) return std::string();
  out.schemas.insert(sql::quoted(rows.text(0, 0)));
  return sql::quoted(rows.text(0, 0)) + "." + sql::quoted(rows.text(0, 1));
}

base::Result<Grants> collect(sql::Connection& connection, const config::Project& project) {
  Grants out;
  for (const config::Entity& entity : project.entities) {
    if (const std::string table = TRY(located(connection, entity.table, out)); !table.empty()) out.written.insert(table);
    for (const std::string& sequence : TRY(sequences_of_defaults(connection, entity.table))) out.sequences.insert(sequence);
    for (const config::Numbering& number : entity.numbers) {
      if (!number.sequence) continue;
      if (const std::string sequence = TRY(located(connection, *number.sequence, out)); !sequence.empty()) out.sequences.insert(sequence);
    }
  }
  for (const config::Entity& entity : project.entities) {
    for (const config::Relation& relation : entity.relations) {
      if (!relation.table) continue;
      const std::string table = TRY(located(connection, *relation.table, out));
      if (!table.empty() && !out.written.contains(table)) out.read.insert(table);
    }
  }
  return out;
}

}  // namespace

base::Result<std::vector<std::string>> grants(sql::Connection& connection, const config::Project& project) {
  if (connection.dialect() != sql::Dialect::Postgres) return std::vector<std::string>();
  const Grants own = TRY(collect(connection, project));
  std::vector<std::string> out{"GRANT USAGE ON SCHEMA syncline TO …;",
                               "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA syncline TO …;",
                               "GRANT USAGE ON ALL SEQUENCES IN SCHEMA syncline TO …;"};
  for (const std::string& schema : own.schemas) out.push_back(fmt::format("GRANT USAGE ON SCHEMA {} TO …;", schema));
  for (const std::string& table : own.written) out.push_back(fmt::format("GRANT SELECT, INSERT, UPDATE ON {} TO …;", table));
  for (const std::string& sequence : own.sequences) out.push_back(fmt::format("GRANT USAGE ON SEQUENCE {} TO …;", sequence));
  for (const std::string& table : own.read) out.push_back(fmt::format("GRANT SELECT ON {} TO …;", table));
  return out;
}

}  // namespace syncline::schema
