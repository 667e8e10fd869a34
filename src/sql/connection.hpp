// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "record/column.hpp"
#include "record/row_batch.hpp"
#include "sql/binary_array.hpp"
#include "sql/capabilities.hpp"
#include "sql/dialect.hpp"

namespace syncline::sql {

/// The answer to a query, whole in memory: for small answers. Every value is the database's text form, or NULL.
class Rows {
 public:
  Rows() = default;
  Rows(size_t columns, std::vector<std::optional<std::string>> values) : columns_(columns), values_(std::move(values)) {}

  [[nodiscard]] size_t size() const { return columns_ == 0 ? 0 : values_.size() / columns_; }
  [[nodiscard]] size_t columns() const { return columns_; }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] const std::optional<std::string>& at(size_t row, size_t column) const { return values_[row * columns_ + column]; }
  /// The value's text; "" for NULL.
  [[nodiscard]] std::string_view text(size_t row, size_t column) const {
    return at(row, column) ? std::string_view(*at(row, column)) : std::string_view();
  }
  /// The value as an integer; 0 for NULL.
  [[nodiscard]] int64_t integer(size_t row, size_t column) const;

 private:
  size_t columns_ = 0;
  std::vector<std::optional<std::string>> values_;
};

/// Appends the cells of one of many rows, which are made one after the other when each is needed: they need no memory together. What the
/// cells point into outlives all of the rows.
using MakeRow = std::function<void(size_t row, std::vector<record::Cell>& cells)>;

/// One connection to the user's database: the seam to it. Belongs to one thread.
///
/// Errors are on the Database's side with `code` an SQLSTATE (SQLite's result codes are translated to the nearest one) and `subject` the
/// constraint or column where the database named it: Transient for 08, 40, 53, 57 and "busy"; BadConfig for a wrong URL or password;
/// ContractDrift for 42; Fatal otherwise (22 and 23: one row's fault, see `is_row_fault`; so is 42501 where a policy of row level
/// security refuses a row's values: only there it is Fatal). A call that breaks the rules below (a transaction within a transaction, a
/// parameter missing) is an error of our own side.
///
/// A broken connection stays broken, and every later call says 08003, until its owner asks for `reconnect`.
class Connection {
 public:
  virtual ~Connection() = default;
  [[nodiscard]] virtual Dialect dialect() const = 0;
  /// "PostgreSQL 15.8", "SQLite 3.40.1 (studio.db)".
  [[nodiscard]] virtual std::string description() const = 0;
  /// What may be used of what not every server has.
  [[nodiscard]] virtual Capabilities capabilities() const = 0;

  /// Connects anew where the connection is broken, with the same settings; otherwise does nothing. What was under way is lost, but for a
  /// COMMIT whose answer was.
  virtual base::Result<void> reconnect() = 0;

  /// READ COMMITTED on PostgreSQL; BEGIN IMMEDIATE on SQLite.
  virtual base::Result<void> begin() = 0;
  /// An error with code "commit_unknown" means: the answer to COMMIT was lost, look before you repeat anything.
  virtual base::Result<void> commit() = 0;
  /// Never fails usefully: a broken connection has rolled back by itself.
  virtual void rollback() = 0;

  /// Part of a transaction: has constraints that wait for COMMIT judged by now, and (PostgreSQL) at each statement from here on. The error
  /// is a row's fault.
  virtual base::Result<void> check_deferred() = 0;

  /// One or more statements without parameters.
  virtual base::Result<void> execute(std::string_view sql) = 0;
  /// One statement; its parameters are $1, $2, … in both dialects. Returns the rows it changed. Prepared and kept by its text.
  virtual base::Result<int64_t> change(std::string_view sql, std::span<const record::Cell> parameters = {}) = 0;
  /// One query, as `change`.
  virtual base::Result<Rows> query(std::string_view sql, std::span<const record::Cell> parameters = {}) = 0;

  /// PostgreSQL: one query whose parameters are all arrays. Elsewhere refused.
  virtual base::Result<Rows> query_arrays(std::string_view sql, std::span<const BinaryArray> arrays) = 0;

  /// One query, run for each of these rows of `cells` (row-major, `width` to a row: ?1, ?2, …, of which it need not use all). What
  /// all of them answered: before its values, which of `which` it was, from 1. Cheap only where the database is in this process (SQLite);
  /// elsewhere refused.
  virtual base::Result<Rows> query_each(std::string_view sql, size_t width, std::span<const record::Cell> cells,
                                        std::span<const uint32_t> which) = 0;

  /// Puts so many rows of `columns.size()` cells each into a table (as SQL writes it, quoted) whose columns have exactly these names and
  /// types: binary COPY on PostgreSQL (where there is none: INSERT from arrays), a prepared INSERT on SQLite. How many it took: a
  /// trigger can make them fewer. A Keep cell is stored as NULL. A cell that its column would round, cut or retype is refused with
  /// class 22, the column as subject and "row N:" in the message. After an error nothing of the batch stays; within a transaction that
  /// takes a rollback, at least to a savepoint.
  virtual base::Result<int64_t> insert_many(std::string_view table, std::span<const record::Column> columns, size_t rows,
                                            const MakeRow& make) = 0;
  /// The same of cells that are there, row-major.
  base::Result<int64_t> insert_many(std::string_view table, std::span<const record::Column> columns, std::span<const record::Cell> cells);

  /// The catalog's description of a table or view; nullopt if there is none. An unqualified name is looked up as the database would.
  virtual base::Result<std::optional<record::Table>> describe(const record::TableName& table) = 0;
  /// Names of the user's tables, for "did you mean".
  virtual base::Result<std::vector<std::string>> table_names() = 0;
};

/// How long the database may make us wait.
struct ConnectOptions {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds lock{5'000};  ///< for a lock (lock_timeout, busy_timeout)
  std::chrono::milliseconds statement{300'000};
  std::string application_name = "syncline";
  bool create = false;  ///< SQLite: make the file if it is not there
  /// What the session is for: whoever only looks leaves the file's journal mode as it is (SQLite's write-ahead log is a property of the
  /// file).
  enum class Access { Read, Write } access = Access::Write;
  Capabilities at_most{};  ///< what is switched off here is not used, though the server has it
};

/// postgresql://… (libpq's forms) or sqlite:FILE. The URL may hold a password: it is never shown.
base::Result<std::unique_ptr<Connection>> connect(const base::Secret& url, const ConnectOptions& options);

/// Whether an error is the fault of a row's values (SQLSTATE classes 20 to 23, 44, P0 and those that only somebody's trigger can raise,
/// 54000, and a policy's 42501), so that the other rows can land without it.
[[nodiscard]] bool is_row_fault(const base::Error& error);

/// Whether the connection broke, or the server is going down or coming up (class 08, 57P01 to 57P03, "commit_unknown"): connect anew.
[[nodiscard]] bool is_connection_lost(const base::Error& error);

/// Whether the same transaction, or the same single statement, may succeed at once when it is tried again: another session was in the way
/// (class 40, 55P03), or a pooler's server has forgotten a prepared statement (26000, 42P05). Never for a COMMIT whose answer was lost.
[[nodiscard]] bool may_pass_again(const base::Error& error);

}  // namespace syncline::sql
