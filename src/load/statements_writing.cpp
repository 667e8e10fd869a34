// SPDX-License-Identifier: Apache-2.0
// What is written of judged rows, of rows that need no judgement, and of known ones.
#include <fmt/format.h>

#include "base/text.hpp"
#include "load/accounts.hpp"
#include "load/expression.hpp"
#include "load/statements.hpp"
#include "load/undelete.hpp"

namespace syncline::load {
namespace {

using record::RowColumn;
using sql::Dialect;

constexpr const char *StampedHash = "CASE WHEN r.stampable THEN r.hash END",
                     *StampedTransaction = "CASE WHEN r.stampable THEN pg_catalog.pg_current_xact_id()::xid END",
                     *CurrentTransaction = "pg_catalog.pg_current_xact_id()::xid";

}  // namespace

std::string Statements::version_guard(const std::string& newer) const {
  // Ties take the later arrival: only a strictly newer row in the table wins.
  return fmt::format("t.{} > {}.c{}", sql::quoted(target_.columns[*target_.version].column.name), newer, *target_.version);
}

std::string Statements::lock() const {
  if (dialect_ != Dialect::Postgres) return "";
  const std::string key = sql::quoted(target_.columns[0].column.name);
  return fmt::format(
      "SELECT count(*) FROM (SELECT 1 FROM {} AS t JOIN {} AS r ON t.{} = r.c0{} WHERE r.verdict = {} ORDER BY t.{} FOR UPDATE OF t) AS "
      "locked",
      sql::quoted(target_.table.name), ready_, key, and_of_account(target_, "t"), verdict::Changed, key);
}

std::vector<std::string> Statements::assignments(bool keeps, Stamping stamping, Unmarking unmarking) const {
  std::vector<std::string> out;
  for (size_t i : written_) {
    if (target_.columns[i].role == RowColumn::Role::Key) continue;
    // What is kept is read again here: somebody may have written it while the lock was waited for.
    out.push_back(fmt::format("{} = {}", sql::quoted(target_.columns[i].column.name), written(i, "r", fmt::format("r.c{}", i), keeps)));
  }
  for (size_t i = 0; i < target_.parents.size(); ++i)
    out.push_back(fmt::format("{} = {}", sql::quoted(target_.parents[i].column.name), link(i, "r", keeps)));
  if (unmarking == Unmarking::Some) {
    const record::Column& mark = *target_.table.column(entity_.deletes.column);
    out.push_back(fmt::format("{0} = CASE WHEN r.returns = 1 THEN {1} ELSE t.{0} END", sql::quoted(mark.name), unmarked(mark, dialect_)));
  }
  out.push_back(fmt::format("synced_at = {}", sql::current_timestamp(dialect_)));
  if (stamps()) {
    const bool stamp = stamping == Stamping::Stamp;
    out.push_back(fmt::format("{} = {}", config::stamp::Hash, stamp ? StampedHash : "NULL"));
    out.push_back(fmt::format("{} = {}", config::stamp::Transaction, stamp ? StampedTransaction : "NULL"));
  }
  return out;
}

std::string Statements::update(bool keeps, Stamping stamping, Unmarking unmarking) const {
  const std::string guard =
      and_of_account(target_, "t") + (target_.version ? fmt::format(" AND ({}) IS NOT TRUE", version_guard("r")) : "");
  return fmt::format("UPDATE {} AS t SET {} FROM {} AS r WHERE t.{} = r.c0 AND r.verdict = {}{}", sql::quoted(target_.table.name),
                     base::joined(assignments(keeps, stamping, unmarking), ", "), ready_, sql::quoted(target_.columns[0].column.name),
                     verdict::Changed, guard);
}

std::string Statements::adopt(bool keeps, Stamping stamping, Unmarking unmarking) const {
  const std::string account =
      target_.account_column.empty() ? "" : fmt::format("{} = {}, ", sql::quoted(target_.account_column), sql::literal(target_.account));
  return fmt::format("UPDATE {} AS t SET {}{} = r.c0, {} FROM {} AS r WHERE {}", sql::quoted(target_.table.name), account,
                     sql::quoted(target_.columns[0].column.name), base::joined(assignments(keeps, stamping, unmarking), ", "), ready_,
                     adoption_.is_adopted());
}

std::string Statements::restamp() const {
  const std::string which = fmt::format("t.{} = r.c0{}", sql::quoted(target_.columns[0].column.name), and_of_account(target_, "t"));
  return fmt::format(
      "WITH free AS MATERIALIZED (SELECT r.* FROM {table} AS t JOIN {ready} AS r ON {which} WHERE r.verdict = {unchanged} AND r.restamp "
      "FOR "
      "UPDATE OF t SKIP LOCKED) UPDATE {table} AS t SET {hash_column} = {hash}, {transaction_column} = {transaction} FROM free AS r WHERE "
      "{which} AND NOT ({differs})",
      fmt::arg("table", sql::quoted(target_.table.name)), fmt::arg("ready", ready_), fmt::arg("which", which),
      fmt::arg("unchanged", verdict::Unchanged), fmt::arg("hash_column", config::stamp::Hash), fmt::arg("hash", StampedHash),
      fmt::arg("transaction_column", config::stamp::Transaction), fmt::arg("transaction", StampedTransaction),
      fmt::arg("differs", known_differs()));
}

std::string Statements::insert(bool keeps, Stamping stamping) const {
  std::vector<std::string> values, ids;
  for (size_t i : written_) values.push_back(new_value(i, "r", fmt::format("r.c{}", i), keeps));
  for (size_t i = 0; i < target_.parents.size(); ++i) ids.push_back(new_link(i, "r", fmt::format("r.m{}", i), keeps));
  const bool stamp = stamps() && stamping == Stamping::Stamp;
  return insert_into(values, ids, stamp ? StampedHash : "NULL", stamp ? StampedTransaction : "NULL",
                     fmt::format("{} AS r WHERE r.verdict = {} ORDER BY r.c0", ready_, verdict::New));
}

std::string Statements::insert_staged(bool keeps) const {
  std::vector<std::string> values, ids;
  std::string from = stage_ + " AS s";
  for (size_t i : written_) values.push_back(new_value(i, "s", staged(i), keeps));
  for (size_t i = 0; i < target_.parents.size(); ++i) {
    const Parent& parent = target_.parents[i];
    if (!parent.external_way) {
      ids.push_back(new_link(i, "s", "NULL", keeps));
      continue;
    }
    const ParentWay& way = parent.ways[*parent.external_way];
    ids.push_back(new_link(i, "s", fmt::format("p{}.{}", i, sql::quoted(parent.id.name)), keeps));
    from += fmt::format(" LEFT JOIN {} AS p{} ON p{}.{} = {}{}", sql::quoted(parent.table), i, i, sql::quoted(way.column.name),
                        parent_value(fmt::format("s.c{}", way.key), way.column, dialect_),
                        and_of_account(parent, target_, fmt::format("p{}", i)));
  }
  return insert_into(values, ids, "s.hash", std::string(CurrentTransaction), from + " WHERE true");
}

std::string Statements::insert_into(std::vector<std::string> values, const std::vector<std::string>& ids, const std::string& hash,
                                    const std::string& transaction, const std::string& from) const {
  std::vector<std::string> columns;
  for (size_t i : written_) columns.push_back(sql::quoted(target_.columns[i].column.name));
  for (const Parent& parent : target_.parents) columns.push_back(sql::quoted(parent.column.name));
  values.insert(values.end(), ids.begin(), ids.end());
  for (const Numbered& numbered : target_.numbers) {
    columns.push_back(sql::quoted(numbered.column));
    values.push_back(next_number(target_, numbered, dialect_));
  }
  std::string key = sql::quoted(target_.columns[0].column.name);
  if (!target_.account_column.empty()) {
    columns.push_back(sql::quoted(target_.account_column));
    values.push_back(sql::literal(target_.account));
    key = columns.back() + ", " + key;
  }
  if (stamps()) {
    columns.insert(columns.end(), {std::string(config::stamp::Hash), std::string(config::stamp::Transaction)});
    values.insert(values.end(), {hash, transaction});
  }
  return fmt::format("INSERT INTO {} ({}, synced_at) SELECT {}, {} FROM {} ON CONFLICT ({}) DO NOTHING", sql::quoted(target_.table.name),
                     base::joined(columns, ", "), base::joined(values, ", "), sql::current_timestamp(dialect_), from, key);
}

/// Whether a known row differs from the one that is there.
std::string Statements::known_differs() const {
  std::vector<std::string> differences{"FALSE"};
  for (size_t i : written_) {
    if (target_.columns[i].role == RowColumn::Role::Key) continue;
    differences.push_back(differs(target_.columns[i].column, written(i, "r", fmt::format("r.c{}", i), false), dialect_));
  }
  for (size_t i = 0; i < target_.parents.size(); ++i)
    differences.push_back(differs(target_.parents[i].column, fmt::format("r.m{}", i), dialect_));
  return base::joined(differences, " OR ");
}

std::string Statements::update_known() const {
  const std::string table = sql::quoted(target_.table.name), key = "t." + sql::quoted(target_.columns[0].column.name);
  const std::string which =
      key + " = r.c0" + and_of_account(target_, "t") + (target_.version ? fmt::format(" AND ({}) IS NOT TRUE", version_guard("r")) : "");
  return fmt::format(
      "WITH changed AS MATERIALIZED (SELECT r.*, (t.{hash} = r.hash) IS TRUE AS is_edit FROM {table} AS t JOIN {ready} AS r ON {which} "
      "WHERE "
      "{differs} ORDER BY {key} FOR UPDATE OF t), updated AS (UPDATE {table} AS t SET {values} FROM changed AS r WHERE {which} RETURNING "
      "r.n, r.is_edit) SELECT count(*), count(*) FILTER (WHERE is_edit), CASE WHEN count(*) < $1::bigint THEN array_agg(n) END FROM "
      "updated",
      fmt::arg("hash", config::stamp::Hash), fmt::arg("table", table), fmt::arg("ready", ready_), fmt::arg("which", which),
      fmt::arg("differs", known_differs()), fmt::arg("key", key),
      fmt::arg("values", base::joined(assignments(false, Stamping::Stamp), ", ")));
}

std::string Statements::forget_updated() const { return fmt::format("DELETE FROM {} WHERE n = ANY ($1::bigint[])", ready_); }

std::string Statements::judge_known() const {
  const std::string stale = target_.version ? fmt::format("WHEN {} THEN {} ", version_guard("r"), verdict::Stale) : "";
  const std::string restamp =
      fmt::format("(t.{} IS DISTINCT FROM r.hash OR t.{} IS DISTINCT FROM t.xmin)", config::stamp::Hash, config::stamp::Transaction);
  return fmt::format("UPDATE {} AS r SET verdict = CASE {}WHEN {} THEN {} ELSE {} END, restamp = {} FROM {} AS t WHERE t.{} = r.c0{}",
                     ready_, stale, known_differs(), verdict::Changed, verdict::Unchanged, restamp, sql::quoted(target_.table.name),
                     sql::quoted(target_.columns[0].column.name), and_of_account(target_, "t"));
}

}  // namespace syncline::load
