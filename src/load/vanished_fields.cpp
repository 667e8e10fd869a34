// SPDX-License-Identifier: Apache-2.0
#include "load/vanished_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/place.hpp"
#include "load/accounts.hpp"
#include "load/cell_text.hpp"
#include "load/key_array.hpp"

namespace syncline::load {
namespace {

using record::Cell;
using record::ColumnType;
using record::RowColumn;

constexpr int64_t RowsMin = 20;
constexpr int64_t MissingAbovePercent = 50, FilledFromPercent = 95;
/// That many are enough to tell.
constexpr size_t KeysMax = 1'000;

/// A column of which many rows of the batch say nothing.
struct Silent {
  std::string column;  ///< of the table
  const config::Source& from;
  int64_t missing = 0;
};

int64_t count_kept(const record::RowBatch& rows, size_t column) {
  int64_t kept = 0;
  for (size_t i = 0; i < rows.size(); ++i) kept += rows.row(i)[column].type == Cell::Type::Keep ? 1 : 0;
  return kept;
}

bool is_many(int64_t missing, const record::RowBatch& rows) { return missing * 100 > int64_t(rows.size()) * MissingAbovePercent; }

std::vector<Silent> silent_columns(const config::Entity& entity, const Target& target, const record::RowBatch& rows) {
  std::vector<Silent> out;
  const auto add = [&](const std::string& column, const config::Source& from, size_t index) {
    if (const int64_t missing = count_kept(rows, index); is_many(missing, rows)) out.push_back({column, from, missing});
  };
  for (const config::FieldMapping& field : entity.fields) {
    if (field.may_be_missing || field.fill || field.from.paths.empty()) continue;
    const auto column = std::find_if(target.columns.begin(), target.columns.end(), [&](const RowColumn& it) {
      return it.role != RowColumn::Role::RelationKey && it.column.name == field.column;
    });
    if (column != target.columns.end()) add(field.column, field.from, size_t(column - target.columns.begin()));
  }
  // A relation with several ways may well go by another one than before.
  for (size_t i = 0; i < entity.relations.size(); ++i) {
    const config::Relation& relation = entity.relations[i];
    if (relation.by.size() == 1) add(relation.column, relation.by[0].from, target.parents[i].ways[0].key);
  }
  return out;
}

std::string names_of(const config::Source& source) {
  std::vector<std::string> names;
  for (const config::Path& path : source.paths) names.push_back("`" + path.text + "`");
  return base::joined(names, ", ");
}

base::Error vanished(const config::Entity& entity, const Silent& silent, const record::RowBatch& rows) {
  return {
      base::ErrorKind::ContractDrift,
      base::Side::Source,
      config::to_string(
          {silent.from.place,
           fmt::format(
               "{} of {} records have no {}, but the rows of {} have a `{}`: renamed at the source? Nothing was written. Add its new name, "
               "or write `on_missing: keep` if records may lack it",
               base::with_thousands(silent.missing), base::with_thousands(int64_t(rows.size())), names_of(silent.from),
               record::to_string(entity.table), silent.column)}),
      "field_vanished",
      silent.column,
      {}};
}

}  // namespace

base::Result<void> look_for_vanished_fields(sql::Connection& connection, const config::Entity& entity, const Target& target,
                                            const record::RowBatch& rows) {
  const record::Column& key = target.columns[0].column;
  if (int64_t(rows.size()) < RowsMin || (key.type != ColumnType::Integer && key.type != ColumnType::Text && key.type != ColumnType::Uuid))
    return {};
  const std::vector<Silent> silent = silent_columns(entity, target, rows);
  if (silent.empty()) return {};
  std::vector<std::string> keys, counts;
  for (size_t i = 0; i < std::min(rows.size(), KeysMax); ++i) keys.push_back(text_of(rows.row(i)[0]));
  for (const Silent& it : silent) counts.push_back(fmt::format(", count(t.{})", sql::quoted(it.column)));
  const std::string array = key_array(keys, key.type, connection.dialect());
  const sql::Rows found = TRY(connection.query(
      fmt::format("SELECT count(*){} FROM {} AS t WHERE {}{}", base::joined(counts, ""), sql::quoted(target.table.name),
                  is_in_key_array("t." + sql::quoted(key.name), key, "$1", connection.dialect()), and_of_account(target, "t")),
      std::array{Cell::of(std::string_view(array))}));
  const int64_t known = found.integer(0, 0);
  for (size_t i = 0; known >= RowsMin && i < silent.size(); ++i) {
    if (found.integer(0, 1 + i) * 100 >= known * FilledFromPercent) return base::fail(vanished(entity, silent[i], rows));
  }
  return {};
}

}  // namespace syncline::load
