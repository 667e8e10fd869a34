// SPDX-License-Identifier: Apache-2.0
#include "load/numbering.hpp"

#include <fmt/format.h>

#include "base/check.hpp"
#include "load/target.hpp"
#include "load/verdict.hpp"
#include "sql/sequence.hpp"

namespace syncline::load {
namespace {

base::Error drift(const config::Place& place, std::string message) {
  return {base::ErrorKind::ContractDrift, base::Side::Database, config::to_string({place, std::move(message)}), "not_as_planned", "", {}};
}

/// On SQLite the highest number and the lock on the whole file do what a sequence does.
base::Result<Numbered> bind_sequence(sql::Connection& connection, const config::Numbering& number, const record::Table& table) {
  if (connection.dialect() == sql::Dialect::Sqlite) return Numbered{number.column, {}, {}};
  const std::string name = sql::quoted(*number.sequence);
  const auto next = TRY(sql::next_of_sequence(connection, *number.sequence));
  if (!next) {
    return base::fail(drift(number.place, fmt::format("there is no sequence {}; {}", name,
                                                      number.create_after_max ? "`syncline migrate` makes it"
                                                                              : "name one there is, or write `create: after_max`")));
  }
  // Only an index makes the question cheap, and without one a number may come twice.
  if (table.has_unique({number.column})) {
    const auto used = TRY(sql::number_not_passed(connection, table.name, number.column, *next));
    if (used) {
      return base::fail(
          drift(number.place, fmt::format("the sequence {} gives {} next, but {}.{} has {} already: SELECT setval({}, {});", name, *next,
                                          to_string(table.name), number.column, *used, sql::literal(name), *used)));
    }
  }
  return Numbered{number.column, sql::literal(name) + "::pg_catalog.regclass", {}};
}

}  // namespace

base::Result<std::vector<Numbered>> bind_numbers(sql::Connection& connection, const config::Entity& entity, const record::Table& table,
                                                 const std::vector<Parent>& parents) {
  std::vector<Numbered> out;
  for (const config::Numbering& number : entity.numbers) {
    const record::Column* column = table.column(number.column);
    if (!column || column->type != record::ColumnType::Integer || column->generated)
      return base::fail(drift(number.place, fmt::format("`{}` has no integer column `{}` that could be numbered; see `syncline plan`",
                                                        to_string(table.name), number.column)));
    if (number.sequence) {
      auto bound = bind_sequence(connection, number, table);
      if (!bound) return base::fail(std::move(bound).error());
      out.push_back(*std::move(bound));
      continue;
    }
    Numbered bound{number.column, {}, {}};
    for (size_t i = 0; i < parents.size(); ++i) {
      if (parents[i].column.name == number.next_in) bound.parent = i;
    }
    base::check(bound.parent.has_value(), "the relation a number is counted in was checked when the project was read");
    out.push_back(std::move(bound));
  }
  return out;
}

std::string next_number(const Target& target, const Numbered& numbered, sql::Dialect dialect) {
  if (!numbered.sequence.empty()) return fmt::format("pg_catalog.nextval({})", numbered.sequence);
  const std::string table = sql::quoted(target.table.name), column = sql::quoted(numbered.column);
  if (!numbered.parent)
    return fmt::format("(SELECT COALESCE(max(o.{0}), 0) FROM {1} AS o WHERE o.{0} > 0) + row_number() OVER (ORDER BY r.n)", column, table);
  // A row without a parent is the first of nothing.
  return fmt::format(
      "CASE WHEN r.m{0} IS NOT NULL THEN (SELECT COALESCE(max(o.{1}), 0) FROM {2} AS o WHERE o.{3} = r.m{0}) + row_number() OVER "
      "(PARTITION BY r.m{0} ORDER BY r.n){4} END",
      *numbered.parent, column, table, sql::quoted(target.parents[*numbered.parent].column.name),
      dialect == sql::Dialect::Postgres ? "::bigint" : "");
}

std::vector<std::string> parent_locks(const Target& target, sql::Dialect dialect, const std::string& ready) {
  std::vector<std::string> out;
  if (dialect != sql::Dialect::Postgres) return out;
  for (const Numbered& numbered : target.numbers) {
    if (!numbered.parent) continue;
    const Parent& parent = target.parents[*numbered.parent];
    const std::string id = "p." + sql::quoted(parent.id.name);
    out.push_back(
        fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} AS p WHERE {} IN (SELECT r.m{} FROM {} AS r WHERE r.verdict = {}) ORDER "
                    "BY {} FOR NO KEY UPDATE OF p) AS locked",
                    sql::quoted(parent.table), id, *numbered.parent, ready, verdict::New, id));
  }
  return out;
}

}  // namespace syncline::load
