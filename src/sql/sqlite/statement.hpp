// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sqlite3.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "record/row_batch.hpp"

namespace syncline::sql::sqlite {

/// The last error of a handle as ours: SQLite's result code translated to the nearest SQLSTATE, the constraint's columns as subject.
[[nodiscard]] base::Error error_of(sqlite3* database);

/// A prepared statement; resets and unbinds itself at the end of each use.
class Statement {
 public:
  static base::Result<Statement> prepare(sqlite3* database, std::string_view sql);

  /// Binds from index 1; the cells' text must live until the statement is done.
  base::Result<void> bind(std::span<const record::Cell> cells);
  /// True: a row is there; false: done.
  base::Result<bool> step();
  void reset();

  [[nodiscard]] int columns() const { return sqlite3_column_count(statement_.get()); }
  [[nodiscard]] sqlite3_stmt* handle() const { return statement_.get(); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  base::Result<void> bind(int index, const record::Cell& cell);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::vector<std::string> texts_;  ///< text forms made for this use
};

}  // namespace syncline::sql::sqlite
