// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "load/skip.hpp"
#include "load/target.hpp"
#include "record/row_batch.hpp"
#include "sql/connection.hpp"

namespace syncline::load {

/// Puts rows that are new beyond doubt straight into the table (PostgreSQL: stamped): no stage, and no second look at each key. Borrows the
/// target.
class DirectInsert {
 public:
  DirectInsert(const Target& target, sql::Dialect dialect);

  /// Whether these rows can go this way: the table takes them as they are sent, and none leaves a column to its default.
  [[nodiscard]] bool fits(const record::RowBatch& rows, const Chosen& chosen) const;

  /// Part of the batch's transaction, outside any savepoint: how many of `chosen.fresh` the database took. A key that somebody else has
  /// inserted meanwhile is a row's fault, as whatever else the table refuses.
  base::Result<int64_t> insert(sql::Connection& connection, const record::RowBatch& rows, const Chosen& chosen);

 private:
  [[nodiscard]] bool postgres() const { return dialect_ == sql::Dialect::Postgres; }
  void add_row(const record::RowBatch& rows, const Chosen& chosen, uint32_t row);

  const Target& target_;
  const sql::Dialect dialect_;
  bool possible_ = false;
  std::vector<record::Column> columns_;  ///< of the table: those of the batch, then the parents', then ours
  std::vector<record::Cell> cells_;      ///< reused between batches
};

}  // namespace syncline::load
