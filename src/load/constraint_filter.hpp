// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/entity.hpp"
#include "load/target.hpp"
#include "sql/connection.hpp"
#include "sql/constraints.hpp"

namespace syncline::load {

/// A judged row that a constraint of the table would refuse.
struct Fault {
  uint32_t row = 0;                  ///< index into the batch
  std::string field, code;           ///< as the database would name them
  std::vector<std::string> columns;  ///< that the constraint speaks of
  std::string reason;                ///< what is wrong, behind the columns and their values
  bool by_another = false;           ///< only if another row of the batch lands, or does not
};

/// Kinds of what can be wrong with a row, each with a test of its own. To test what no row is at fault of takes as long as to test what
/// some are.
struct FaultKinds {
  bool misfits = false;  ///< values that their column does not take
  bool values = false;   ///< NOT NULL and CHECK
  bool foreign_keys = false;
  bool uniques = false;

  static FaultKinds all() { return {true, true, true, true}; }
  /// That an error is of; none where no test would have found it.
  static FaultKinds of(const base::Error& error);
  [[nodiscard]] bool any_constraint() const { return values || foreign_keys || uniques; }
  /// Whether that is more than there was.
  bool add(const FaultKinds& more);
};

/// Finds the rows of a batch that constraints would refuse, before any is written: one statement for NOT NULL and CHECK, one for foreign
/// keys, two for each UNIQUE index. The rows are judged as they would stand in the table: a column that is not written has what it holds
/// by now, or its default. What cannot be told this way (a default that takes a number, a column generated from others, a trigger's mind)
/// is left to the database.
class ConstraintFilter {
 public:
  /// `ready` is the table of judged rows, quoted. Borrows the target.
  ConstraintFilter(const Target& target, const config::Entity& entity, sql::Dialect dialect, std::string ready,
                   sql::Constraints constraints);

  /// What `find` found.
  struct Findings {
    std::vector<Fault> faults;         ///< in the order of the rows; they bear the verdict Refused now
    std::vector<std::string> give_up;  ///< statements by which rows let go of values that others of the batch take over
  };
  /// Which constraints are asked.
  enum class Which {
    Certain,  ///< those that speak of no column which may go without a value that is taken; all, where there is none
    Yielding  ///< the others: after it is clear who goes without one
  };
  /// Part of the batch's transaction, after rows are judged. `keeps` says whether any cell says Keep.
  base::Result<Findings> find(sql::Connection& connection, const FaultKinds& kinds, bool keeps, Which which) const;

  /// Gives these rows the verdict Refused.
  base::Result<void> refuse(sql::Connection& connection, const std::set<uint32_t>& rows) const;

  /// A column whose value other rows have, and who goes without it.
  struct Yielded {
    size_t column = 0;  ///< index into Target::columns
    std::set<uint32_t> rows;
  };
  /// Of the fields with `taken: null`. `give_up` is as in Findings. Changes nothing.
  base::Result<std::vector<Yielded>> yielded(sql::Connection& connection, bool keeps, std::vector<std::string>& give_up) const;

  /// Whether any rule of these kinds speaks of this column of the table.
  [[nodiscard]] bool looks_at(const std::string& column, const FaultKinds& kinds) const;

  /// A trigger may still mend what is found: each such row is to be tried by itself.
  [[nodiscard]] bool may_be_mended() const { return constraints_.rewritten; }

 private:
  /// What judges a row: of each constraint that fails it, the first counts.
  struct Rule {
    std::string condition;  ///< true where the row is at fault
    Fault fault;            ///< without its row
    Which which = Which::Certain;
  };
  struct Unique {
    sql::UniqueConstraint index;
    std::string field;
    std::string given_up;          ///< a column that can be NULL for the moment; "" if there is none
    bool alone = false;            ///< of its columns only that one is written
    std::optional<size_t> yields;  ///< index into Target::columns of the one that goes without a value that is taken
    Which which = Which::Certain;  ///< of those that do not yield
  };
  void add_value_rules();
  void add_foreign_keys();
  void add_uniques();
  /// Whether it says that a row is deleted: of a row that comes back it changes.
  [[nodiscard]] bool is_mark(const std::string& column) const;
  [[nodiscard]] std::optional<std::string> value_of(const std::string& column) const;
  [[nodiscard]] std::string unless_adopted(const std::string& column, const std::string& stays, const std::string& value) const;
  /// Where evaluating it leaves no trace.
  [[nodiscard]] std::optional<std::string> default_of(const std::string& column) const;
  [[nodiscard]] bool is_known(const std::vector<std::string>& columns) const;
  /// SELECT the judged rows under the table's column names.
  [[nodiscard]] std::string rows(const std::set<std::string>& columns) const;
  base::Result<void> apply(sql::Connection& connection, const std::vector<Rule>& rules, const std::set<std::string>& columns, Which which,
                           std::vector<Fault>& faults) const;
  enum class Losers { Refused, Yield };
  base::Result<void> apply_uniques(sql::Connection& connection, bool keeps, Losers losers, Which which,
                                   std::vector<std::pair<size_t, Fault>>& faults, std::vector<std::string>& give_up) const;
  [[nodiscard]] Which which_of(const std::vector<std::string>& columns) const;
  [[nodiscard]] std::string unique_rows(const sql::UniqueConstraint& index) const;
  [[nodiscard]] std::string table_rows(const sql::UniqueConstraint& index) const;
  [[nodiscard]] std::string leaves(const Unique& unique) const;
  [[nodiscard]] std::string taken(const Unique& unique) const;
  [[nodiscard]] std::string repeated(const sql::UniqueConstraint& index) const;
  [[nodiscard]] std::string give_up(const Unique& unique, const std::set<uint32_t>& rows) const;

  const Target& target_;
  const config::Entity& entity_;
  const sql::Dialect dialect_;
  const std::string ready_;
  const sql::Constraints constraints_;
  const bool adopts_;
  std::string key_, row_id_;  ///< column names; row_id_ is "" where the table has no primary key of one column
  std::vector<Rule> value_rules_, foreign_rules_;
  std::set<std::string> value_columns_, foreign_columns_;
  std::vector<Unique> uniques_;
};

}  // namespace syncline::load
