// SPDX-License-Identifier: Apache-2.0
#include "sql/collation.hpp"

#include <array>

namespace syncline::sql {

base::Result<std::string> equating_collation(Connection& connection, const record::TableName& table, const std::string& column) {
  const bool postgres = connection.dialect() == Dialect::Postgres;
  const std::string name = postgres ? quoted(table) : table.name;
  const Rows rows = TRY(connection.query(
      postgres ? "SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.collname) FROM pg_catalog.pg_attribute a "
                 "JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace "
                 "WHERE a.attrelid = pg_catalog.to_regclass($1::text) AND a.attname = $2::text AND NOT c.collisdeterministic"
               : "SELECT '\"' || replace(x.coll, '\"', '\"\"') || '\"' FROM pragma_index_list($1) AS l, pragma_index_xinfo(l.name) AS x "
                 "WHERE l.\"unique\" AND NOT l.partial AND x.key AND x.name = $2 AND x.coll <> 'BINARY' LIMIT 1",
      std::array{record::Cell::of(std::string_view(name)), record::Cell::of(std::string_view(column))}));
  return rows.empty() ? std::string() : std::string(rows.text(0, 0));
}

}  // namespace syncline::sql
