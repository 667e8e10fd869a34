// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "base/result.hpp"
#include "load/target.hpp"
#include "record/report.hpp"
#include "record/row_batch.hpp"
#include "state/store.hpp"

namespace syncline::load {

/// What a column that says that a row is deleted holds where it is not, for a statement.
[[nodiscard]] std::string_view unmarked(const record::Column& column, sql::Dialect dialect);

/// Rows whose record is there again.
struct Returning {
  int64_t rows = 0;
  int64_t stale = 0;  ///< of these: the record is older than its row, so that nothing but the mark changes
};

/// Brings back rows whose record is there again: those that we have deleted softly, as long as their column holds what we wrote. With
/// `resurrect` every row that is marked as deleted, one that is adopted, too. Works on the ready table, after that has been judged. Borrows
/// all it is given. Where rows are not deleted softly nothing of this does anything.
class Undelete {
 public:
  enum class Mode { Write, OnlyCount };

  /// `ready`: as SQL writes it.
  Undelete(const config::Entity& entity, const Target& target, state::Store& store, std::string ready);

  /// Which rows come back: in the ready table `returns` is 1, and one that was equal has changed. `Mode::Write` locks them, in the order of
  /// their keys. The mark goes with the statement that writes the row's values: without its mark the old ones may be in another's way.
  base::Result<Returning> find(Mode mode) const;
  /// Of rows whose record is older, of which nothing else is written.
  base::Result<void> unmark_stale() const;
  /// The records of the judged rows that landed are there: whatever the column holds by now, we have deleted nothing.
  base::Result<void> forget() const;
  /// The same of rows that were inserted without judgement.
  base::Result<void> forget(const record::RowBatch& rows, std::span<const uint32_t> inserted) const;

  /// All of that, of rows whose values are written by themselves.
  base::Result<void> bring_back(Mode mode, record::Counters& counters) const;

 private:
  [[nodiscard]] bool soft() const { return entity_.deletes.kind == config::Deletes::Kind::Soft; }
  [[nodiscard]] bool postgres() const { return store_.connection().dialect() == sql::Dialect::Postgres; }
  [[nodiscard]] const record::Column& mark() const { return *target_.table.column(entity_.deletes.column); }
  [[nodiscard]] std::string as_text(const std::string& value) const;
  [[nodiscard]] std::string ours() const;
  base::Result<bool> remembers_any() const;
  base::Result<void> find_in(const std::string& from, const std::string& which, const std::string& order, Mode mode,
                             Returning& returning) const;
  base::Result<void> unmark(const std::string& which) const;

  const config::Entity& entity_;
  const Target& target_;
  state::Store& store_;
  const std::string ready_, table_, key_;  ///< as SQL writes them; the key as a column of t
};

}  // namespace syncline::load
