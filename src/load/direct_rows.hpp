// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "load/skip.hpp"
#include "load/target.hpp"
#include "record/row_batch.hpp"
#include "sql/connection.hpp"

namespace syncline::load {

/// Sends rows of which the question has told everything (whether they are there, and the id of each parent) in the table's own types: new
/// ones straight into the table (PostgreSQL: stamped), others into the ready table. No stage, and no second look for their parents. Borrows
/// the target.
class DirectRows {
 public:
  DirectRows(const Target& target, sql::Dialect dialect);

  /// Whether these of the batch's rows can go this way: the table takes them as they are sent, and none keeps what a column holds or leaves
  /// it to its default.
  [[nodiscard]] bool fits(const record::RowBatch& rows, std::span<const uint32_t> chosen) const;

  /// Part of the batch's transaction, outside any savepoint: how many of `chosen.fresh` the database took. A key that somebody else has
  /// inserted meanwhile is a row's fault, as whatever else the table refuses.
  base::Result<int64_t> insert(sql::Connection& connection, const record::RowBatch& rows, const Chosen& chosen);

  /// Whether a column of the table is looked at in the ready table. None: all are.
  using Wanted = std::function<bool(const std::string& column)>;
  /// Part of the batch's transaction: puts rows into the ready table `ready` (quoted), all with one verdict.
  base::Result<void> prepare(sql::Connection& connection, const std::string& ready, const record::RowBatch& rows, const Chosen& chosen,
                             std::span<const uint32_t> which, int64_t verdict, const Wanted& wanted);

 private:
  [[nodiscard]] bool postgres() const { return dialect_ == sql::Dialect::Postgres; }
  void add_values(const record::RowBatch& rows, const Chosen& chosen, uint32_t row, std::vector<record::Cell>& out) const;

  const Target& target_;
  const sql::Dialect dialect_;
  bool possible_ = false;
  size_t values_ = 0;                          ///< how many of `columns_` are of the batch and the parents'
  std::vector<record::Column> columns_;        ///< of the table: those of the batch, then the parents', then ours
  std::vector<record::Column> ready_columns_;  ///< of the ready table: ours, then those of the batch, then the parents'
};

}  // namespace syncline::load
