// SPDX-License-Identifier: Apache-2.0
#include "load/constraint_filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "load/accounts.hpp"
#include "load/expression.hpp"
#include "load/statements.hpp"
#include "load/undelete.hpp"
#include "load/unique_claims.hpp"
#include "load/verdict.hpp"

namespace syncline::load {
namespace {

using record::RowColumn;
using sql::Dialect;
using sql::UniqueConstraint;

std::string numbers(const std::set<uint32_t>& rows) {
  std::vector<std::string> out;
  for (const uint32_t row : rows) out.push_back(std::to_string(row));
  return base::joined(out, ", ");
}

std::string equal_keys(const std::string& a, const std::string& b, size_t count) {
  std::vector<std::string> out;
  for (size_t i = 0; i < count; ++i) out.push_back(fmt::format("{}.k{} = {}.k{}", a, i, b, i));
  return base::joined(out, " AND ");
}

std::string key_list(const std::string& of, size_t count) {
  std::vector<std::string> out;
  for (size_t i = 0; i < count; ++i) out.push_back(fmt::format("{}.k{}", of, i));
  return base::joined(out, ", ");
}

/// A function call could do anything, such as take a number from a sequence.
bool leaves_no_trace(std::string_view expression) {
  if (expression.starts_with('(') && expression.ends_with(')')) expression = expression.substr(1, expression.size() - 2);
  return expression == "now()" || expression.find('(') == expression.npos;
}

}  // namespace

FaultKinds FaultKinds::of(const base::Error& error) {
  FaultKinds out;
  out.misfits = error.code.starts_with("22");
  out.values = error.code == "23502" || error.code == "23514";
  out.foreign_keys = error.code == "23503";
  out.uniques = error.code == "23505" || error.code == "23P01";
  return out;
}

bool FaultKinds::add(const FaultKinds& more) {
  const FaultKinds before = *this;
  misfits = misfits || more.misfits;
  values = values || more.values;
  foreign_keys = foreign_keys || more.foreign_keys;
  uniques = uniques || more.uniques;
  return misfits != before.misfits || values != before.values || foreign_keys != before.foreign_keys || uniques != before.uniques;
}

ConstraintFilter::ConstraintFilter(const Target& target, const config::Entity& entity, Dialect dialect, std::string ready,
                                   sql::Constraints constraints)
    : target_(target),
      entity_(entity),
      dialect_(dialect),
      ready_(std::move(ready)),
      constraints_(std::move(constraints)),
      adopts_(!target.adopt.empty()),
      key_(target.columns[0].column.name) {
  for (const record::UniqueIndex& index : target.table.unique_indexes) {
    if (index.primary && index.columns.size() == 1 && index.columns[0] != key_) row_id_ = index.columns[0];
  }
  add_value_rules();
  add_foreign_keys();
  add_uniques();
}

bool ConstraintFilter::is_mark(const std::string& column) const {
  return entity_.deletes.kind == config::Deletes::Kind::Soft && entity_.deletes.column == column;
}

/// nullopt where finding it out could leave a trace.
std::optional<std::string> ConstraintFilter::default_of(const std::string& column) const {
  const auto found = target_.defaults.find(column);
  return found != target_.defaults.end() && leaves_no_trace(found->second) ? std::optional(found->second) : std::nullopt;
}

/// The value of a column, where what an adopted row holds does not stay.
std::string ConstraintFilter::unless_adopted(const std::string& column, const std::string& stays, const std::string& value) const {
  if (!adopts_) return value;
  return fmt::format("CASE WHEN r.verdict = {} AND {} THEN a.{} ELSE {} END", verdict::Adopted, stays, sql::quoted(column), value);
}

/// What the column will hold, from the row r of the batch, the row t that it changes, or the row a that it adopts; nullopt if nobody can
/// tell.
std::optional<std::string> ConstraintFilter::value_of(const std::string& name) const {
  for (size_t i = 0; i < target_.columns.size(); ++i) {
    if (target_.columns[i].role == RowColumn::Role::RelationKey || target_.columns[i].column.name != name) continue;
    const std::string kept = Statements::is_kept(i, "r");
    const std::string stays = target_.fills[i] ? fmt::format("({} OR a.{} IS NOT NULL)", kept, sql::quoted(name)) : kept;
    const std::string staged = unless_adopted(name, stays, fmt::format("r.c{}", i));
    if (!target_.defaults.contains(name)) return staged;
    // What a new row does not speak of gets the default.
    const auto known = default_of(name);
    if (!known) return std::nullopt;
    return fmt::format("CASE WHEN r.verdict = {} AND {} THEN ({}) ELSE {} END", verdict::New, kept, *known, staged);
  }
  for (size_t i = 0; i < target_.parents.size(); ++i) {
    if (target_.parents[i].column.name != name) continue;
    if (target_.defaults.contains(name)) return std::nullopt;
    std::vector<std::string> kept;
    for (const ParentWay& way : target_.parents[i].ways) kept.push_back(Statements::is_kept(way.key, "r"));
    return unless_adopted(name, base::joined(kept, " AND "), fmt::format("r.m{}", i));
  }
  // A new row gets its number when it is written.
  if (std::any_of(target_.numbers.begin(), target_.numbers.end(), [&](const Numbered& numbered) { return numbered.column == name; }))
    return std::nullopt;
  if (name == target_.account_column) return sql::literal(target_.account);
  if (name == "synced_at") return std::string(sql::current_timestamp(dialect_));
  const record::Column* column = target_.table.column(name);
  if (!column || column->generated || name == config::stamp::Hash || name == config::stamp::Transaction) return std::nullopt;
  const auto known = default_of(name);
  if (column->has_default && !known) return std::nullopt;
  const std::string fresh = column->has_default             ? "(" + *known + ")"
                            : dialect_ == Dialect::Postgres ? fmt::format("NULL::{}", declared(*column, dialect_))
                                                            : "NULL";
  const std::string adopted = adopts_ ? fmt::format("WHEN {} THEN a.{} ", verdict::Adopted, sql::quoted(name)) : "";
  std::string value = fmt::format("CASE r.verdict WHEN {} THEN t.{} {}ELSE {} END", verdict::Changed, sql::quoted(name), adopted, fresh);
  return is_mark(name) ? fmt::format("CASE WHEN r.returns = 1 THEN {} ELSE {} END", unmarked(*column, dialect_), value) : value;
}

bool ConstraintFilter::is_known(const std::vector<std::string>& columns) const {
  return !columns.empty() && std::all_of(columns.begin(), columns.end(), [&](const std::string& one) { return value_of(one).has_value(); });
}

void ConstraintFilter::add_value_rules() {
  for (const record::Column& column : target_.table.columns) {
    if (column.nullable || column.name == key_ || !target_.writes(column.name) || !value_of(column.name)) continue;
    value_rules_.push_back({sql::quoted(column.name) + " IS NULL",
                            {0, column.name, "23502", {column.name}, "must have a value (the column is NOT NULL)"},
                            which_of({column.name})});
    value_columns_.insert(column.name);
  }
  for (const sql::CheckConstraint& check : constraints_.checks) {
    const bool touched = std::any_of(check.columns.begin(), check.columns.end(),
                                     [&](const std::string& one) { return target_.writes(one) || is_mark(one); });
    if (!touched || !is_known(check.columns)) continue;
    value_rules_.push_back({fmt::format("NOT ({})", check.expression),
                            {0, check.name, "23514", check.columns,
                             fmt::format("breaks the rule {} of `{}`: CHECK {}", check.name, to_string(target_.table.name),
                                         base::shown(check.expression, 200))},
                            which_of(check.columns)});
    value_columns_.insert(check.columns.begin(), check.columns.end());
  }
}

/// A relation's column holds the id of a row that was found: only plain fields may lead nowhere.
void ConstraintFilter::add_foreign_keys() {
  for (const record::ForeignKey& key : target_.table.foreign_keys) {
    const auto is_field = [&](const std::string& column) {
      return std::any_of(entity_.fields.begin(), entity_.fields.end(), [&](const auto& field) { return field.column == column; });
    };
    // A row of the batch itself may be what is referred to.
    const bool itself = key.to.name == target_.table.name.name;
    if (itself || constraints_.unreadable.contains(key.name) || key.columns.size() != key.to_columns.size() || !is_known(key.columns) ||
        std::none_of(key.columns.begin(), key.columns.end(), is_field))
      continue;
    std::vector<std::string> present, equal, meant;
    for (size_t i = 0; i < key.columns.size(); ++i) {
      present.push_back(fmt::format("v.{} IS NOT NULL", sql::quoted(key.columns[i])));
      equal.push_back(fmt::format("p.{} = v.{}", sql::quoted(key.to_columns[i]), sql::quoted(key.columns[i])));
      meant.push_back(fmt::format("`{}`", key.to_columns[i]));
    }
    foreign_rules_.push_back({fmt::format("{} AND NOT EXISTS (SELECT 1 FROM {} AS p WHERE {})", base::joined(present, " AND "),
                                          sql::quoted(key.to), base::joined(equal, " AND ")),
                              {0, key.name, "23503", key.columns,
                               fmt::format("leads nowhere: `{}` has no such {}{}", key.to.name, base::joined(meant, ", "),
                                           key.name.empty() ? "" : fmt::format(" (foreign key {})", key.name))},
                              which_of(key.columns)});
    foreign_columns_.insert(key.columns.begin(), key.columns.end());
  }
}

void ConstraintFilter::add_uniques() {
  for (const UniqueConstraint& index : constraints_.uniques) {
    std::vector<std::string> columns = index.columns;
    std::erase(columns, target_.account_column);
    const bool own = index.plain && columns == std::vector<std::string>{key_};
    const bool touched = std::any_of(index.columns.begin(), index.columns.end(),
                                     [&](const std::string& one) { return target_.writes(one) || is_mark(one); });
    if (own || !touched || !is_known(index.columns)) continue;
    Unique unique{index, index.name, "", false, {}, which_of(index.columns)};
    for (const config::FieldMapping& field : entity_.fields) {
      if (!field.taken_as_null || index.columns != std::vector{field.column}) continue;
      for (size_t i = 0; i < target_.columns.size(); ++i) {
        if (target_.columns[i].role == RowColumn::Role::Field && target_.columns[i].column.name == field.column) unique.yields = i;
      }
    }
    for (const std::string& name : index.columns) {
      const record::Column* column = target_.table.column(name);
      if (column && column->nullable && target_.writes(name) && name != key_) unique.given_up = name;
    }
    unique.alone =
        1 == std::count_if(index.columns.begin(), index.columns.end(), [&](const std::string& one) { return target_.writes(one); });
    uniques_.push_back(std::move(unique));
  }
}

ConstraintFilter::Which ConstraintFilter::which_of(const std::vector<std::string>& columns) const {
  const bool yielding = std::any_of(entity_.fields.begin(), entity_.fields.end(), [&](const config::FieldMapping& field) {
    return field.taken_as_null && std::find(columns.begin(), columns.end(), field.column) != columns.end();
  });
  return yielding ? Which::Yielding : Which::Certain;
}

bool ConstraintFilter::looks_at(const std::string& column, const FaultKinds& kinds) const {
  return (kinds.values && value_columns_.contains(column)) || (kinds.foreign_keys && foreign_columns_.contains(column)) ||
         (kinds.uniques && std::any_of(uniques_.begin(), uniques_.end(), [&](const Unique& unique) {
            const std::vector<std::string>& columns = unique.index.columns;
            return std::find(columns.begin(), columns.end(), column) != columns.end();
          }));
}

std::string ConstraintFilter::rows(const std::set<std::string>& columns) const {
  std::vector<std::string> values;
  bool reads_table = false;
  for (const std::string& column : columns) {
    const std::string value = *value_of(column);
    reads_table = reads_table || !target_.writes(column);
    values.push_back(fmt::format(", {} AS {}", value, sql::quoted(column)));
  }
  std::string joins;
  const std::string table = sql::quoted(target_.table.name);
  // Rows that are never made (`insert: false`) are refused by nothing.
  if (reads_table) joins += fmt::format(" LEFT JOIN {} AS t ON t.{} = r.c0{}", table, sql::quoted(key_), and_of_account(target_, "t"));
  if (!columns.empty() && adopts_) joins += fmt::format(" LEFT JOIN {} AS a ON a.{} = r.adopts", table, sql::quoted(target_.row_id.name));
  return fmt::format(
      "SELECT r.n AS syncline_n, r.verdict AS syncline_verdict, r.c0 AS syncline_key, {} AS syncline_adopts{} FROM {} AS r{} "
      "WHERE r.verdict IN ({}, {}, {})",
      adopts_ ? "r.adopts" : "NULL", base::joined(values, ""), ready_, joins, entity_.insert ? verdict::New : verdict::Changed,
      verdict::Changed, verdict::Adopted);
}

base::Result<void> ConstraintFilter::refuse(sql::Connection& connection, const std::set<uint32_t>& rows) const {
  if (rows.empty()) return {};
  return connection.execute(fmt::format("UPDATE {} SET verdict = {} WHERE n IN ({})", ready_, verdict::Refused, numbers(rows)));
}

base::Result<void> ConstraintFilter::apply(sql::Connection& connection, const std::vector<Rule>& rules,
                                           const std::set<std::string>& columns, Which which, std::vector<Fault>& faults) const {
  std::string cases;
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].which == which) cases += fmt::format(" WHEN {} THEN {}", rules[i].condition, i);
  }
  if (cases.empty()) return {};
  const sql::Rows found =
      TRY(connection.query(fmt::format("SELECT f.n, f.fault FROM (SELECT v.syncline_n AS n, CASE{} END AS fault FROM ({}) AS v) AS f WHERE "
                                       "f.fault IS NOT NULL ORDER BY f.n",
                                       cases, this->rows(columns))));
  std::set<uint32_t> refused;
  for (size_t i = 0; i < found.size(); ++i) {
    Fault fault = rules[size_t(found.integer(i, 1))].fault;
    fault.row = uint32_t(found.integer(i, 0));
    refused.insert(fault.row);
    faults.push_back(std::move(fault));
  }
  return refuse(connection, refused);
}

/// The batch's rows with the keys of an index, and whether they are in it at all.
std::string ConstraintFilter::unique_rows(const UniqueConstraint& index) const {
  std::string keys;
  for (size_t i = 0; i < index.keys.size(); ++i) keys += fmt::format(", {} AS k{}", index.keys[i], i);
  return fmt::format(
      "SELECT syncline_n AS n, syncline_verdict AS verdict, syncline_key AS key, syncline_adopts AS adopts, {} AS inside{} "
      "FROM ({}) AS v",
      index.predicate.empty() ? "1 = 1" : fmt::format("({}) IS TRUE", index.predicate), keys,
      rows({index.columns.begin(), index.columns.end()}));
}

std::string ConstraintFilter::table_rows(const UniqueConstraint& index) const {
  std::string keys;
  for (size_t i = 0; i < index.keys.size(); ++i) keys += fmt::format(", {} AS k{}", index.keys[i], i);
  if (!index.plain) {
    for (size_t i = 0; i < index.columns.size(); ++i) keys += fmt::format(", {} AS u{}", sql::quoted(index.columns[i]), i);
  }
  // A row of another account is not the one of that id.
  const std::string key = target_.account_column.empty() ? sql::quoted(key_)
                                                         : fmt::format("CASE WHEN {} = {} THEN {} END", sql::quoted(target_.account_column),
                                                                       sql::literal(target_.account), sql::quoted(key_));
  return fmt::format("SELECT {} AS key, {} AS id{} FROM {}{}", key, row_id_.empty() ? "NULL" : sql::quoted(row_id_), keys,
                     sql::quoted(target_.table.name), index.predicate.empty() ? "" : fmt::format(" WHERE {}", index.predicate));
}

/// Whether the row o of the table is in the index no more, without its column that can be NULL for the moment.
std::string ConstraintFilter::leaves(const Unique& unique) const {
  if (unique.given_up.empty()) return "0";
  if (unique.index.plain) return "1";
  std::vector<std::string> columns, inside;
  for (size_t i = 0; i < unique.index.columns.size(); ++i) {
    const std::string& name = unique.index.columns[i];
    const bool given_up = name == unique.given_up;
    const std::string value = given_up ? "NULL::" + declared(*target_.table.column(name), dialect_) : fmt::format("o.u{}", i);
    columns.push_back(fmt::format("{} AS {}", value, sql::quoted(name)));
  }
  if (!unique.index.predicate.empty()) inside.push_back(fmt::format("({}) IS TRUE", unique.index.predicate));
  for (const std::string& key : unique.index.keys) inside.push_back(fmt::format("({}) IS NOT NULL", key));
  return fmt::format("(SELECT CASE WHEN {} THEN 0 ELSE 1 END FROM (SELECT {}) AS w)", base::joined(inside, " AND "),
                     base::joined(columns, ", "));
}

/// Rows of the batch whose value another row of the table has: who wants it, who has it, whether that one is about to let it go, and
/// whether it can do so for a moment.
std::string ConstraintFilter::taken(const Unique& unique) const {
  const UniqueConstraint& index = unique.index;
  const size_t count = index.keys.size();
  const std::string not_itself = adopts_ ? " AND (v.adopts IS NULL OR o.id IS DISTINCT FROM v.adopts)" : "";
  return fmt::format(
      "WITH syncline_rows AS MATERIALIZED ({}) SELECT v.n, v.verdict, CASE WHEN g.n IS NULL OR (g.inside AND {}) THEN NULL ELSE g.n END, "
      "CAST(o.key AS text), CAST(o.id AS text), {} FROM syncline_rows AS v JOIN ({}) AS o ON {} LEFT JOIN syncline_rows AS g ON "
      "(g.verdict = {} AND g.key = o.key){} WHERE v.inside AND o.key IS DISTINCT FROM v.key{} ORDER BY v.n",
      unique_rows(index), equal_keys("o", "g", count), leaves(unique), table_rows(index), equal_keys("o", "v", count), verdict::Changed,
      adopts_ ? " OR g.adopts = o.id" : "", not_itself);
}

/// Rows of the batch with one value, in groups, and which of them has it by now.
std::string ConstraintFilter::repeated(const UniqueConstraint& index) const {
  const size_t count = index.keys.size();
  std::vector<std::string> present;
  for (size_t i = 0; i < count; ++i) present.push_back(fmt::format("v.k{} IS NOT NULL", i));
  return fmt::format(
      "WITH syncline_rows AS MATERIALIZED ({rows}) SELECT w.n, w.place, (SELECT count(*) FROM ({table}) AS o WHERE {equal} AND ((w.verdict "
      "= {changed} "
      "AND o.key = w.key){adopted}) LIMIT 1), CAST(w.key AS text) FROM (SELECT v.*, count(*) OVER (PARTITION BY {keys}) AS many, "
      "dense_rank() OVER (ORDER BY {keys}) AS place FROM syncline_rows AS v WHERE v.inside AND {present}) AS w WHERE w.many > 1 ORDER BY "
      "w.n",
      fmt::arg("rows", unique_rows(index)), fmt::arg("table", table_rows(index)), fmt::arg("equal", equal_keys("o", "w", count)),
      fmt::arg("changed", verdict::Changed), fmt::arg("adopted", adopts_ ? " OR o.id = w.adopts" : ""),
      fmt::arg("keys", key_list("v", count)), fmt::arg("present", base::joined(present, " AND ")));
}

/// A column that is UNIQUE is never twice the same, not even for a moment: both rows of a swap are NULL in between.
std::string ConstraintFilter::give_up(const Unique& unique, const std::set<uint32_t>& rows) const {
  const std::string list = numbers(rows);
  const std::string by_key = fmt::format("({} IN (SELECT r.c0 FROM {} AS r WHERE r.n IN ({}) AND r.verdict = {}){})", sql::quoted(key_),
                                         ready_, list, verdict::Changed, and_of_account(target_, sql::quoted(target_.table.name.name)));
  const std::string by_id = adopts_ ? fmt::format(" OR {} IN (SELECT r.adopts FROM {} AS r WHERE r.n IN ({}) AND r.verdict = {})",
                                                  sql::quoted(target_.row_id.name), ready_, list, verdict::Adopted)
                                    : "";
  return fmt::format("UPDATE {} SET {} = NULL WHERE {}{}", sql::quoted(target_.table.name), sql::quoted(unique.given_up), by_key, by_id);
}

base::Result<void> ConstraintFilter::apply_uniques(sql::Connection& connection, bool keeps, Losers kind, Which which,
                                                   std::vector<std::pair<size_t, Fault>>& out, std::vector<std::string>& give_ups) const {
  std::vector<Wanted> wants;
  std::vector<Rival> rivals;
  std::map<size_t, std::set<uint32_t>> needs_gap;  // by index: wanting rows that are written while their giver still has the value
  const auto holder = [&](const sql::Rows& rows, size_t i) {
    std::vector<std::string> names;
    if (!row_id_.empty() && rows.at(i, 4)) names.push_back(fmt::format("row {}", rows.text(i, 4)));
    const std::string key = rows.at(i, 3) ? fmt::format("`{}` {}", key_, base::shown(rows.text(i, 3), 80)) : "";
    if (names.empty()) return key.empty() ? std::string("a row that is not synced") : "the row with " + key;
    return key.empty() ? names[0] : fmt::format("{} ({})", names[0], key);
  };
  for (size_t index = 0; index < uniques_.size(); ++index) {
    const Unique& unique = uniques_[index];
    if (unique.yields.has_value() != (kind == Losers::Yield) || (kind == Losers::Refused && unique.which != which)) continue;
    // A value that is kept is read again when the row is written, and would be NULL.
    const bool gap_allowed = !unique.given_up.empty() && (!keeps || unique.alone);
    const sql::Rows taken_rows = TRY(connection.query(taken(unique)));
    for (size_t i = 0; i < taken_rows.size(); ++i) {
      Wanted wanted{index, uint32_t(taken_rows.integer(i, 0)), {}, holder(taken_rows, i)};
      const bool written_last = taken_rows.integer(i, 1) == verdict::New;
      const bool possible = written_last || unique.index.deferrable || (gap_allowed && taken_rows.integer(i, 5) == 1);
      if (taken_rows.at(i, 2) && possible) wanted.giver = uint32_t(taken_rows.integer(i, 2));
      if (wanted.giver && !written_last && !unique.index.deferrable) needs_gap[index].insert(wanted.row);
      wants.push_back(std::move(wanted));
    }
    const sql::Rows repeated_rows = TRY(connection.query(repeated(unique.index)));
    for (size_t i = 0; i < repeated_rows.size(); ++i) {
      rivals.push_back({index, repeated_rows.integer(i, 1), uint32_t(repeated_rows.integer(i, 0)), repeated_rows.integer(i, 2) > 0,
                        std::string(repeated_rows.text(i, 3))});
    }
  }
  std::stable_sort(rivals.begin(), rivals.end(), [](const Rival& a, const Rival& b) { return a.row < b.row; });

  Settlement outcome = settled(wants, rivals, kind == Losers::Yield);
  std::map<uint32_t, std::pair<size_t, Fault>> faults;
  const auto fault_of = [&](size_t index, uint32_t row, const std::string& by) {
    const Unique& unique = uniques_[index];
    return std::pair(index, Fault{row, unique.field, "23505", unique.index.columns,
                                  fmt::format("is taken by {}, constraint {}", by, unique.index.name)});
  };
  for (const auto& [row, wanted] : outcome.in_vain)
    faults.emplace(row, fault_of(wanted->index, row, wanted->holder)).first->second.second.by_another = wanted->giver.has_value();
  for (const auto& [row, winner] : outcome.lost) {
    auto fault = fault_of(winner->index, row, fmt::format("the record `{}` {} of the same batch", key_, base::shown(winner->key, 80)));
    fault.second.by_another = true;
    faults.emplace(row, std::move(fault));
    outcome.refused.insert(row);
  }
  for (size_t index = 0; index < uniques_.size(); ++index) {
    std::set<uint32_t> givers;
    for (const Wanted& wanted : wants) {
      if (wanted.index == index && wanted.giver && !outcome.refused.contains(wanted.row) && needs_gap[index].contains(wanted.row))
        givers.insert(*wanted.giver);
    }
    if (!givers.empty()) give_ups.push_back(give_up(uniques_[index], givers));
  }
  for (auto& [row, fault] : faults) out.push_back(std::move(fault));
  return {};
}

base::Result<std::vector<ConstraintFilter::Yielded>> ConstraintFilter::yielded(sql::Connection& connection, bool keeps,
                                                                               std::vector<std::string>& give_up) const {
  std::vector<std::pair<size_t, Fault>> found;
  TRY(apply_uniques(connection, keeps, Losers::Yield, Which::Yielding, found, give_up));
  std::vector<Yielded> out;
  for (size_t index = 0; index < uniques_.size(); ++index) {
    Yielded yielded{uniques_[index].yields.value_or(0), {}};
    for (const auto& [of, fault] : found) {
      if (of == index) yielded.rows.insert(fault.row);
    }
    if (!yielded.rows.empty()) out.push_back(std::move(yielded));
  }
  return out;
}

base::Result<ConstraintFilter::Findings> ConstraintFilter::find(sql::Connection& connection, const FaultKinds& kinds, bool keeps,
                                                                Which which) const {
  Findings out;
  if (kinds.values) TRY(apply(connection, value_rules_, value_columns_, which, out.faults));
  if (kinds.foreign_keys) TRY(apply(connection, foreign_rules_, foreign_columns_, which, out.faults));
  std::vector<std::pair<size_t, Fault>> found;
  if (kinds.uniques) TRY(apply_uniques(connection, keeps, Losers::Refused, which, found, out.give_up));
  std::set<uint32_t> refused;
  for (auto& [index, fault] : found) {
    refused.insert(fault.row);
    out.faults.push_back(std::move(fault));
  }
  TRY(refuse(connection, refused));
  std::sort(out.faults.begin(), out.faults.end(), [](const Fault& a, const Fault& b) { return a.row < b.row; });
  return out;
}

}  // namespace syncline::load
