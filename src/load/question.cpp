// SPDX-License-Identifier: Apache-2.0
#include "load/question.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/text.hpp"
#include "load/accounts.hpp"
#include "load/deletes.hpp"
#include "load/expression.hpp"
#include "load/verdict.hpp"

namespace syncline::load {

using record::Column;
using record::ColumnType;
using record::RowColumn;
using sql::Dialect;

Question::Question(const Target& target, const config::Entity& entity, Dialect dialect)
    : target_(target), entity_(entity), dialect_(dialect) {}

std::string Question::text() const {
  if (dialect_ == Dialect::Sqlite) return ask_each();
  return target_.stamp_seed ? ask_stamps() : "";
}

std::string Question::ask_stamps() const {
  const bool integer = target_.columns[0].column.type == ColumnType::Integer;
  std::string arrays = fmt::format("$1::{}[], $2::bigint[]", integer ? "bigint" : "text"), names = "key, hash", joins, ids;
  std::vector<std::string> differences{fmt::format("t.{} IS DISTINCT FROM k.hash", config::stamp::Hash),
                                       fmt::format("t.{} IS DISTINCT FROM t.xmin", config::stamp::Transaction)};
  std::vector<std::string> undecided{"FALSE"};
  for (size_t i = 0, next = 3; i < target_.parents.size(); ++i) {
    const Parent& parent = target_.parents[i];
    const std::string column = "t." + sql::quoted(parent.column.name);
    if (!parent.external_way) {
      differences.push_back(column + " IS NOT NULL");
      ids += ", NULL";
      continue;
    }
    ids += fmt::format(", p{}.{}", i, sql::quoted(parent.id.name));
    const Column& id = parent.ways[*parent.external_way].column;
    arrays += fmt::format(", ${}::text[]", next++);
    names += fmt::format(", r{}", i);
    joins += fmt::format(" LEFT JOIN {} AS p{} ON p{}.{} = {}{}", sql::quoted(parent.table), i, i, sql::quoted(id.name),
                         parent_value(fmt::format("k.r{}", i), id, dialect_), and_of_account(parent, target_, fmt::format("p{}", i)));
    undecided.push_back(fmt::format("(k.r{0} IS NOT NULL AND p{0}.{1} IS NULL)", i, sql::quoted(parent.id.name)));
    // A parent that is not found is looked for again each time: it may come, or another way may find it.
    differences.push_back(fmt::format("CASE WHEN k.r{0} IS NULL THEN {1} IS NOT NULL ELSE ({1} = p{0}.{2}) IS NOT TRUE END", i, column,
                                      sql::quoted(parent.id.name)));
  }
  const std::string key = "t." + sql::quoted(target_.columns[0].column.name);
  // Whether a row that is marked as deleted comes back is for the judgement to say.
  if (entity_.deletes.kind == config::Deletes::Kind::Soft)
    undecided.push_back(fmt::format("({} IS NOT NULL AND NOT ({}))", key, is_not_deleted(*target_.table.column(entity_.deletes.column))));
  return fmt::format(
      "SELECT k.n, CASE WHEN {} THEN {} WHEN {} IS NULL THEN {} ELSE {} END{} FROM unnest({}) WITH ORDINALITY AS k ({}, n) LEFT JOIN {} AS "
      "t ON {} = k.key{}{} WHERE {}",
      base::joined(undecided, " OR "), stamped::Other, key, stamped::Fresh, stamped::Known, ids, arrays, names,
      sql::quoted(target_.table.name), key, and_of_account(target_, "t"), joins, base::joined(differences, " OR "));
}

std::string Question::ask_each() const {
  const auto given = [](size_t column) { return fmt::format("?{}", column + 1); };
  const std::string key = "t." + sql::quoted(target_.columns[0].column.name);
  std::string joins, ids;
  std::vector<std::string> known{key + " IS NOT NULL"}, differences{key + " IS NULL"};
  for (size_t i = 0; i < target_.columns.size(); ++i) {
    const Column& column = target_.columns[i].column;
    if (target_.columns[i].role == RowColumn::Role::Key || target_.columns[i].role == RowColumn::Role::RelationKey) continue;
    differences.push_back(target_.fills[i] ? fmt::format("(t.{} IS NULL AND {} IS NOT NULL)", sql::quoted(column.name), given(i))
                                           : differs(column, given(i), dialect_));
  }
  for (size_t i = 0; i < target_.parents.size(); ++i) {
    const Parent& parent = target_.parents[i];
    const std::string id = fmt::format("p{}.{}", i, sql::quoted(parent.id.name));
    ids += parent.external_way ? ", " + id : ", NULL";
    differences.push_back(differs(parent.column, parent.external_way ? id : "NULL", dialect_));
    if (!parent.external_way) continue;
    const ParentWay& way = parent.ways[*parent.external_way];
    joins += fmt::format(" LEFT JOIN {} AS p{} ON p{}.{} = {}{}", sql::quoted(parent.table), i, i, sql::quoted(way.column.name),
                         parent_value(given(way.key), way.column, dialect_), and_of_account(parent, target_, fmt::format("p{}", i)));
    // A parent that is not found is looked for again each time: it may come, or another way may find it.
    known.push_back(fmt::format("({} IS NOT NULL AND {} IS NULL)", given(way.key), id));
    differences.push_back(known.back());
  }
  // A row that is marked as deleted must be looked at: the record is back.
  if (entity_.deletes.kind == config::Deletes::Kind::Soft)
    differences.push_back(fmt::format("COALESCE(t.{}, 0) <> 0", sql::quoted(entity_.deletes.column)));
  return fmt::format("SELECT CASE WHEN {} THEN {} ELSE {} END{} FROM (SELECT 1) LEFT JOIN {} AS t ON {} = {}{}{} WHERE {}",
                     base::joined(known, " OR "), stamped::Other, stamped::Fresh, ids, sql::quoted(target_.table.name), key, given(0),
                     and_of_account(target_, "t"), joins, base::joined(differences, " OR "));
}

std::string Question::any_row() const {
  return fmt::format("SELECT 1 FROM {} AS t WHERE t.{} IS NOT NULL{} LIMIT 1", sql::quoted(target_.table.name),
                     sql::quoted(target_.columns[0].column.name), and_of_account(target_, "t"));
}

}  // namespace syncline::load
