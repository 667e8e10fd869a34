// SPDX-License-Identifier: Apache-2.0
#include "load/direct_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/dialect.hpp"

namespace syncline::load {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;
using record::RowColumn;

/// Whether the type's own binary form is what we send. An enum's is its label.
bool is_sendable(const Column& column) { return column.type != ColumnType::Other || !column.labels.empty(); }

/// A parent's id comes back as text.
bool is_linkable(const Column& column) {
  return column.type == ColumnType::Integer || column.type == ColumnType::Text || column.type == ColumnType::Uuid;
}

Column plain_column(std::string_view name, ColumnType type, int bytes = 8) {
  Column out;
  out.name = name;
  out.type = type;
  out.bytes = bytes;
  return out;
}

/// A transaction's id has 32 bits without a sign, and is sent as four bytes of which the database does not ask.
Column transaction_column() { return plain_column(config::stamp::Transaction, ColumnType::Integer, 4); }

Column named(Column column, std::string name) {
  column.name = std::move(name);
  return column;
}

}  // namespace

DirectRows::DirectRows(const Target& target, sql::Dialect dialect) : target_(target), dialect_(dialect) {
  Column synced_at = *target.table.column("synced_at");
  possible_ = !postgres() || (target.stamp_seed && target.takes_copies && synced_at.type == ColumnType::Timestamp);
  if (!possible_) return;
  ready_columns_ = {plain_column("n", ColumnType::Integer), plain_column("verdict", ColumnType::Integer, 4),
                    plain_column("unlinked", ColumnType::Integer, 4)};
  if (postgres())
    ready_columns_.insert(ready_columns_.end(),
                          {plain_column("hash", ColumnType::Integer), plain_column("stampable", ColumnType::Boolean)});
  for (size_t i = 0; i < target.columns.size(); ++i) {
    const RowColumn& column = target.columns[i];
    if (column.role == RowColumn::Role::RelationKey) continue;
    possible_ = possible_ && (!postgres() || is_sendable(column.column));
    columns_.push_back(column.column);
    ready_columns_.push_back(named(column.column, fmt::format("c{}", i)));
  }
  for (size_t i = 0; i < target.parents.size(); ++i) {
    const Parent& parent = target.parents[i];
    possible_ = possible_ && (!postgres() || (is_linkable(parent.column) && is_linkable(parent.id)));
    columns_.push_back(parent.column);
    ready_columns_.push_back(named(parent.column, fmt::format("m{}", i)));
  }
  values_ = columns_.size();
  if (!target.account_column.empty()) {
    columns_.push_back(*target.table.column(target.account_column));
    possible_ = possible_ && columns_.back().type == ColumnType::Text;
  }
  if (postgres()) {
    columns_.insert(columns_.end(), {*target.table.column(config::stamp::Hash), transaction_column()});
  } else {
    synced_at.type = ColumnType::Text;
  }
  columns_.push_back(std::move(synced_at));
}

bool DirectRows::fits(const record::RowBatch& rows, std::span<const uint32_t> chosen) const {
  return possible_ && std::none_of(chosen.begin(), chosen.end(), [&](uint32_t row) {
           const auto cells = rows.row(row);
           return std::any_of(cells.begin(), cells.end(), [](const Cell& cell) { return cell.type == Cell::Type::Keep; });
         });
}

base::Result<int64_t> DirectRows::insert(sql::Connection& connection, const record::RowBatch& rows, const Chosen& chosen) {
  // The transaction's id and time, for all of its rows.
  const sql::Rows said = TRY(connection.query(
      postgres() ? "SELECT (pg_catalog.pg_current_xact_id()::text::numeric % 4294967296)::bigint, (extract(epoch FROM pg_catalog.now()) * "
                   "1000000)::bigint"
                 : fmt::format("SELECT 0, {}", sql::current_timestamp(dialect_))));
  const Cell transaction = Cell::of(int64_t(int32_t(uint32_t(said.integer(0, 0)))));
  const Cell now = postgres() ? Cell::of(base::Timestamp(std::chrono::microseconds(said.integer(0, 1)))) : Cell::of(said.text(0, 1));
  return connection.insert_many(sql::quoted(target_.table.name), columns_, chosen.fresh.size(), [&](size_t i, std::vector<Cell>& out) {
    const uint32_t row = chosen.fresh[i];
    add_values(rows, chosen, row, out);
    if (!target_.account_column.empty()) out.push_back(Cell::of(std::string_view(target_.account)));
    if (postgres()) out.insert(out.end(), {Cell::of(chosen.hashes[row]), transaction});
    out.push_back(now);
  });
}

base::Result<void> DirectRows::prepare(sql::Connection& connection, const std::string& ready, const record::RowBatch& rows,
                                       const Chosen& chosen, std::span<const uint32_t> which, int64_t verdict, const Wanted& wanted) {
  const size_t ours = ready_columns_.size() - values_;
  std::vector<Column> columns(ready_columns_.begin(), ready_columns_.begin() + ptrdiff_t(ours));
  std::vector<bool> unwanted(values_);
  for (size_t i = 0; i < values_; ++i) {
    unwanted[i] = i > 0 && wanted && !wanted(columns_[i].name);  // the first is the key
    if (!unwanted[i]) columns.push_back(ready_columns_[ours + i]);
  }
  TRY(connection.insert_many(ready, columns, which.size(), [&](size_t i, std::vector<Cell>& out) {
    const uint32_t row = which[i];
    out.insert(out.end(), {Cell::of(int64_t(row)), Cell::of(verdict), Cell::of(int64_t{0})});
    if (postgres()) out.insert(out.end(), {Cell::of(chosen.hashes[row]), Cell::of(true)});
    const size_t first = out.size();
    add_values(rows, chosen, row, out);
    size_t kept = first;
    for (size_t value = 0; value < values_; ++value) {
      if (!unwanted[value]) out[kept++] = out[first + value];
    }
    out.resize(kept);
  }));
  return {};
}

void DirectRows::add_values(const record::RowBatch& rows, const Chosen& chosen, uint32_t row, std::vector<Cell>& out) const {
  const auto cells = rows.row(row);
  for (size_t c = 0; c < cells.size(); ++c) {
    if (target_.columns[c].role != RowColumn::Role::RelationKey) out.push_back(cells[c]);
  }
  for (size_t i = 0; i < target_.parents.size(); ++i) {
    const std::optional<std::string>& id = chosen.parent_id(row, i);
    out.push_back(!id                                                 ? Cell::null()
                  : target_.parents[i].id.type == ColumnType::Integer ? Cell::of(chosen.parent_number(row, i))
                                                                      : Cell::of(std::string_view(*id)));
  }
}

}  // namespace syncline::load
