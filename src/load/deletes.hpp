// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "load/target.hpp"
#include "record/report.hpp"
#include "record/row_batch.hpp"
#include "state/store.hpp"

namespace syncline::load {

/// A key as its hash is taken, wherever it comes from: the source's cell, or the table. Two texts of one key give one; where two keys give
/// one, a row stays that could have gone.
[[nodiscard]] std::string comparable_key(std::string_view text, record::ColumnType type);

/// A record that was read, by the external id of its own row, with the keys of the rows it has.
struct Family {
  std::string_view parent;
  std::span<const record::Cell> keys;
};

/// Rows of some records that are none of the rows they have now, and how much that is of what was there.
struct Strangers {
  std::vector<std::string> keys;  ///< external ids of the strangers
  int64_t rows = 0;               ///< that these records had, the strangers among them
  int64_t records = 0;            ///< that had rows
  int64_t losing = 0;             ///< of these: lose some
  int64_t emptied = 0;            ///< of these: lose all, and have none now
};

/// Takes out rows whose record is gone, as the entity's `deletes:` says. It believes what it is told is gone: that a sweep was complete is
/// its caller's to know. Owned by the run's write thread; borrows the store, the entity and the target.
class Deletes {
 public:
  Deletes(state::Store& store, const config::Entity& entity, const Target& target, state::Lease lease, base::Clock& clock);

  /// ContractDrift where the table or our own ones are not such that rows can be deleted.
  base::Result<void> check();

  /// External ids of rows that are there, in the order of the key, behind `last`. A row that is deleted softly, by whomever, is not there.
  base::Result<std::vector<std::string>> keys_after(const std::optional<std::string>& last, int64_t keys_max);
  /// Rows that belong to one of these records and are none of its rows.
  base::Result<Strangers> strangers(std::span<const Family> families);

  /// Deletes the rows with these keys: one transaction, with the lease proven, the rows locked in the order of their keys and the report's
  /// counters. A row that cannot go (a foreign key, a trigger, somebody's lock) becomes a stored reject of stage "delete", and the others
  /// go.
  base::Result<void> remove(std::span<const std::string> keys, int64_t run, record::EntityReport& report, const std::stop_token& stop);

  /// So many keys are a transaction that is worth its while and keeps nobody waiting.
  static constexpr size_t KeysMax = 1'000;

 private:
  enum class Care {
    None,     ///< all rows at once
    Locks,    ///< rows that others have locked stay
    Halving,  ///< rows that the database keeps stay; the locks as before
  };
  /// What one transaction has done.
  struct Outcome {
    int64_t deleted = 0;
    std::vector<record::Reject> refused;
  };
  base::Result<void> remove_once(std::span<const std::string> keys, int64_t run, record::EntityReport& report, Care care, Outcome& outcome);
  base::Result<std::vector<std::string>> lock(std::span<const std::string> keys, Care care, Outcome& outcome);
  base::Result<void> delete_rows(std::span<const std::string> keys, int64_t run, Outcome& outcome);
  /// `keys`: as a parameter. How many rows that concerned.
  base::Result<int64_t> erase(const std::string& keys);
  base::Result<int64_t> mark(const std::string& keys, int64_t run);
  base::Result<void> halve(std::span<const std::string> keys, int64_t run, Outcome& outcome);

  [[nodiscard]] std::string array_of(std::span<const std::string> keys) const;
  [[nodiscard]] std::string is_one_of(std::string_view parameter) const;
  [[nodiscard]] std::string is_there() const;
  [[nodiscard]] std::string find_there() const;
  [[nodiscard]] std::string as_text(const std::string& value) const;
  [[nodiscard]] bool postgres() const { return connection_.dialect() == sql::Dialect::Postgres; }
  [[nodiscard]] bool soft() const { return entity_.deletes.kind == config::Deletes::Kind::Soft; }

  state::Store& store_;
  sql::Connection& connection_;
  const config::Entity& entity_;
  const Target& target_;
  const state::Lease lease_;
  base::Clock& clock_;
  const std::string table_, key_;  ///< as SQL writes them; the key as a column of t
};

/// What a column that says that a row is deleted must hold in rows that are not, on a row t.
[[nodiscard]] std::string is_not_deleted(const record::Column& column);

}  // namespace syncline::load
