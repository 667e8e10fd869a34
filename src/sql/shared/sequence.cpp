// SPDX-License-Identifier: Apache-2.0
#include "sql/sequence.hpp"

#include <fmt/format.h>

#include <array>

namespace syncline::sql {

base::Result<std::optional<std::string>> next_of_sequence(Connection& connection, const record::TableName& sequence) {
  const std::string name = quoted(sequence);
  const Rows rows = TRY(connection.query(
      "SELECT COALESCE(pg_catalog.pg_sequence_last_value(c.oid)::numeric + s.seqincrement, s.seqstart) FROM pg_catalog.pg_class c JOIN "
      "pg_catalog.pg_sequence s ON s.seqrelid = c.oid WHERE c.oid = pg_catalog.to_regclass($1::text) AND c.relname = $2::text",
      std::array{record::Cell::of(std::string_view(name)), record::Cell::of(std::string_view(sequence.name))}));
  return rows.empty() ? std::optional<std::string>() : std::optional(std::string(rows.text(0, 0)));
}

base::Result<std::string> highest_number(Connection& connection, const record::TableName& table, const std::string& column) {
  const Rows rows = TRY(connection.query(fmt::format("SELECT max({0}) FROM {1} WHERE {0} > 0", quoted(column), quoted(table))));
  return rows.empty() || !rows.at(0, 0) ? std::string("0") : std::string(rows.text(0, 0));
}

base::Result<std::optional<std::string>> number_not_passed(Connection& connection, const record::TableName& table,
                                                           const std::string& column, const std::string& next) {
  const Rows rows =
      TRY(connection.query(fmt::format("SELECT max({0}) FROM {1} HAVING max({0}) >= {2}", quoted(column), quoted(table), next)));
  return rows.empty() ? std::optional<std::string>() : std::optional(std::string(rows.text(0, 0)));
}

}  // namespace syncline::sql
