// SPDX-License-Identifier: Apache-2.0
#include "load/ownership.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sql/dialect.hpp"

namespace syncline::load {
namespace {

using record::Cell;

/// What a new row gets where it does not speak of a column: the column's default goes before its domain's, and the number of an identity
/// column is a default in all but name. A domain has what the one it is made of had when it was made.
constexpr std::string_view PostgresDefaults = R"(
SELECT a.attname, CASE WHEN a.attidentity = 'd' THEN
         pg_catalog.format('pg_catalog.nextval(%L::pg_catalog.regclass)',
                           pg_catalog.pg_get_serial_sequence(a.attrelid::pg_catalog.regclass::text, a.attname))
       ELSE COALESCE(pg_catalog.pg_get_expr(d.adbin, d.adrelid), pg_catalog.pg_get_expr(t.typdefaultbin, 0)) END
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attrelid = pg_catalog.to_regclass($1::text) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
   AND (d.oid IS NOT NULL OR t.typdefaultbin IS NOT NULL OR a.attidentity = 'd'))";

/// SQLite keeps a default as it was written, and there a bare or double-quoted name is a text.
std::string sqlite_default(std::string_view written) {
  const auto of_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  const bool digit = !written.empty() && written[0] >= '0' && written[0] <= '9';
  const bool bare = !digit && std::all_of(written.begin(), written.end(), of_name);
  for (std::string_view word : {"null", "true", "false", "current_time", "current_date", "current_timestamp"}) {
    if (base::equals_ignoring_case(written, word)) return std::string(written);
  }
  const bool quoted = written.size() >= 2 && written.front() == '"' && written.back() == '"';
  if (!bare && !quoted) return "(" + std::string(written) + ")";
  std::string out = "'";
  for (const char c : quoted ? written.substr(1, written.size() - 2) : written) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

}  // namespace

bool is_filled(const config::Entity& entity, const record::RowColumn& column) {
  if (column.role != record::RowColumn::Role::Field) return false;
  return std::any_of(entity.fields.begin(), entity.fields.end(),
                     [&](const config::FieldMapping& field) { return field.column == column.column.name && field.fill; });
}

base::Result<std::map<std::string, std::string>> column_defaults(sql::Connection& connection, const record::Table& table) {
  const bool postgres = connection.dialect() == sql::Dialect::Postgres;
  const std::string name = postgres ? sql::quoted(table.name) : table.name.name;
  const auto rows =
      TRY(connection.query(postgres ? PostgresDefaults : "SELECT name, dflt_value FROM pragma_table_info($1) WHERE dflt_value IS NOT NULL",
                           std::array{Cell::of(name)}));
  std::map<std::string, std::string> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string expression(rows.text(i, 1));
    out.emplace(rows.text(i, 0), postgres ? "(" + expression + ")" : sqlite_default(expression));
  }
  return out;
}

}  // namespace syncline::load
