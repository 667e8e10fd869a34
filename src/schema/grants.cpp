// SPDX-License-Identifier: Apache-2.0
#include "schema/grants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.hpp"
#include "schema/sequences.hpp"
#include "state/tables.hpp"

namespace syncline::schema {
namespace {

/// What the role may do with a table, and with single columns of it.
using Rights = std::set<std::string>;

/// What is granted on the user's own tables and sequences.
struct Grants {
  std::set<std::string> schemas, sequences;
  std::map<std::string, Rights> tables;
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

/// Whether numbers are counted within the row that the relation leads to, which is locked meanwhile.
bool is_counted_in(const config::Entity& entity, const config::Relation& relation) {
  return std::any_of(entity.numbers.begin(), entity.numbers.end(),
                     [&](const config::Numbering& number) { return !number.sequence && number.next_in == relation.column; });
}

base::Result<void> add_entity(sql::Connection& connection, const config::Entity& entity, Grants& out) {
  if (const std::string table = TRY(located(connection, entity.table, out)); !table.empty()) {
    out.tables[table].insert({"SELECT", "INSERT", "UPDATE"});
    if (entity.deletes.kind == config::Deletes::Kind::Hard) out.tables[table].insert("DELETE");
  }
  for (const std::string& sequence : TRY(sequences_of_defaults(connection, entity.table))) out.sequences.insert(sequence);
  for (const config::Numbering& number : entity.numbers) {
    if (!number.sequence) continue;
    if (const std::string sequence = TRY(located(connection, *number.sequence, out)); !sequence.empty()) out.sequences.insert(sequence);
  }
  for (const config::Relation& relation : entity.relations) {
    if (!relation.table) continue;
    const std::string table = TRY(located(connection, *relation.table, out));
    if (table.empty()) continue;
    out.tables[table].insert("SELECT");
    // A row can be locked by whoever may change one of its columns.
    if (is_counted_in(entity, relation))
      out.tables[table].insert(relation.table_column.empty() ? "UPDATE" : fmt::format("UPDATE ({})", sql::quoted(relation.table_column)));
  }
  return {};
}

/// In the order in which people write them, and without those of a column that the whole table's include.
std::string listed(const Rights& rights) {
  std::vector<std::string> out;
  for (const char* right : {"SELECT", "INSERT", "UPDATE", "DELETE"}) {
    if (rights.contains(right)) out.emplace_back(right);
  }
  for (const std::string& right : rights) {
    if (right.ends_with(')') && !rights.contains("UPDATE")) out.push_back(right);
  }
  return base::joined(out, ", ");
}

constexpr std::string_view OwnTables = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA syncline";

base::Result<Grants> needed(sql::Connection& connection, const config::Project& project) {
  Grants out;
  for (const config::Entity& entity : project.entities) TRY(add_entity(connection, entity, out));
  return out;
}

/// Whether the role has a right; of single columns any will do, since only one is asked for.
std::string has(std::string_view table, std::string_view right) {
  const size_t column = right.find(" (");
  return fmt::format("pg_catalog.{}({}, {})", column == right.npos ? "has_table_privilege" : "has_any_column_privilege", table,
                     sql::literal(right.substr(0, column)));
}

/// Conditions that hold where nothing is lacking, by the GRANT that gives what they ask for.
base::Result<std::map<std::string, std::string>> conditions(sql::Connection& connection, const config::Project& project) {
  const state::TableNames names(connection.dialect(), project.tables_prefix);
  const Grants own = TRY(needed(connection, project));
  std::map<std::string, std::string> out;
  for (const auto& [table, rights] : own.tables) {
    std::vector<std::string> all;
    for (const std::string& right : rights) all.push_back(has(sql::literal(table), right));
    out[fmt::format("GRANT {} ON {}", listed(rights), table)] = base::joined(all, " AND ");
  }
  for (const std::string& sequence : own.sequences)
    out["GRANT USAGE ON SEQUENCE " + sequence] = fmt::format("pg_catalog.has_sequence_privilege({}, 'USAGE')", sql::literal(sequence));
  std::vector<std::string> ours, rights{"pg_catalog.has_schema_privilege(n.oid, 'USAGE')"};
  for (const state::OwnTable& table : state::own_tables()) ours.push_back(sql::literal(names.in_catalog(table.name).name));
  for (const char* right : {"SELECT", "INSERT", "UPDATE", "DELETE"}) rights.push_back(has("c.oid", right));
  out[std::string(OwnTables)] = fmt::format(
      "(SELECT bool_and({}) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace WHERE n.nspname = 'syncline' AND c.relkind IN ('r', 'p') AND c.relname IN ({}))",
      base::joined(rights, " AND "), base::joined(ours, ", "));
  return out;
}

}  // namespace

base::Result<std::vector<std::string>> missing_grants(sql::Connection& connection, const config::Project& project) {
  std::vector<std::string> out;
  if (connection.dialect() != sql::Dialect::Postgres) return out;
  for (const auto& [grant, condition] : TRY(conditions(connection, project))) {
    const sql::Rows rows = TRY(connection.query(fmt::format("SELECT pg_catalog.quote_ident(current_user) WHERE ({}) IS FALSE", condition)));
    if (!rows.empty()) out.push_back(fmt::format("{} TO {};", grant, rows.text(0, 0)));
  }
  return out;
}

base::Result<std::vector<std::string>> grants(sql::Connection& connection, const config::Project& project) {
  if (connection.dialect() != sql::Dialect::Postgres) return std::vector<std::string>();
  const Grants own = TRY(needed(connection, project));
  std::vector<std::string> out{"GRANT USAGE ON SCHEMA syncline TO …;", fmt::format("{} TO …;", OwnTables),
                               "GRANT USAGE ON ALL SEQUENCES IN SCHEMA syncline TO …;"};
  for (const std::string& schema : own.schemas) out.push_back(fmt::format("GRANT USAGE ON SCHEMA {} TO …;", schema));
  for (const auto& [table, rights] : own.tables) out.push_back(fmt::format("GRANT {} ON {} TO …;", listed(rights), table));
  for (const std::string& sequence : own.sequences) out.push_back(fmt::format("GRANT USAGE ON SEQUENCE {} TO …;", sequence));
  return out;
}

}  // namespace syncline::schema
