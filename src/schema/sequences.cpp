// SPDX-License-Identifier: Apache-2.0
#include "schema/sequences.hpp"

#include <array>

namespace syncline::schema {
namespace {

using record::Cell;

/// Sequences that a table's defaults use, and those of its identity columns; only ascending ones that do not begin anew.
constexpr std::string_view ReadSequences = R"(
WITH feeding(sequence, number) AS (
  SELECT d.refobjid, f.adnum FROM pg_catalog.pg_attrdef f
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass
   WHERE f.adrelid = pg_catalog.to_regclass($1::text)
  UNION
  SELECT d.objid, d.refobjsubid FROM pg_catalog.pg_depend d
   WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'i'
     AND d.refobjid = pg_catalog.to_regclass($1::text) AND d.refobjsubid > 0),
readable AS (
  SELECT a.attnum, a.attname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, s.*, pg_catalog.pg_sequence_last_value(c.oid) AS last,
         CASE a.atttypid WHEN 21 THEN 32767 WHEN 23 THEN 2147483647 ELSE 9223372036854775807 END AS column_max
    FROM feeding g
    JOIN pg_catalog.pg_class c ON c.oid = g.sequence AND c.relkind = 'S'
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid AND s.seqincrement > 0 AND NOT s.seqcycle
    JOIN pg_catalog.pg_attribute a ON a.attrelid = pg_catalog.to_regclass($1::text) AND a.attnum = g.number AND a.atttypid IN (20, 21, 23)
   WHERE CASE WHEN c.relkind = 'S' AND pg_catalog.has_sequence_privilege(c.oid, 'USAGE, SELECT')
              THEN pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT') ELSE false END)
SELECT attname, name, COALESCE(last::numeric + seqincrement, seqstart), LEAST(seqmax, column_max),
       (LEAST(seqmax, column_max) IN (32767, 2147483647) AND last > LEAST(seqmax, column_max) / 2)::int,
       (last::numeric + seqincrement > LEAST(seqmax, column_max))::int
  FROM readable ORDER BY attnum)";

constexpr std::string_view ReadSequencesOfDefaults = R"(
SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname)
  FROM pg_catalog.pg_attrdef f
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid
   AND d.refclassid = 'pg_catalog.pg_class'::regclass
  JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.relkind = 'S'
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE f.adrelid = pg_catalog.to_regclass($1::text)
 ORDER BY 1)";

}  // namespace

base::Result<std::vector<Sequence>> readable_sequences(sql::Connection& connection, const record::Table& table) {
  std::vector<Sequence> out;
  if (connection.dialect() != sql::Dialect::Postgres) return out;
  const std::string name = sql::quoted(table.name);
  const sql::Rows rows = TRY(connection.query(ReadSequences, std::array{Cell::of(name)}));
  for (size_t row = 0; row < rows.size(); ++row) {
    out.push_back({std::string(rows.text(row, 0)), std::string(rows.text(row, 1)), std::string(rows.text(row, 2)),
                   std::string(rows.text(row, 3)), rows.integer(row, 4) != 0, rows.at(row, 5) && rows.integer(row, 5) != 0});
  }
  return out;
}

base::Result<std::vector<std::string>> sequences_of_defaults(sql::Connection& connection, const record::TableName& table) {
  std::vector<std::string> out;
  if (connection.dialect() != sql::Dialect::Postgres) return out;
  const std::string name = sql::quoted(table);
  const sql::Rows rows = TRY(connection.query(ReadSequencesOfDefaults, std::array{Cell::of(name)}));
  for (size_t row = 0; row < rows.size(); ++row) out.emplace_back(rows.text(row, 0));
  return out;
}

}  // namespace syncline::schema
