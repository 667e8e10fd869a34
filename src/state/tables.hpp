// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "record/column.hpp"
#include "sql/dialect.hpp"

namespace syncline::state {

/// One of our own tables. The list is the single source of their DDL, of the catalog check and of the manual.
struct OwnTable {
  std::string name;
  std::string help;
  std::vector<record::Column> columns;
  std::vector<std::string> primary_key;
  std::string identity;  ///< the column the database numbers; empty: none
};

/// Every table of ours, in an order they can be created in.
[[nodiscard]] const std::vector<OwnTable>& own_tables();

/// Where our tables are: PostgreSQL: schema `syncline`; SQLite: the same names without a schema. `prefix` comes before each name.
class TableNames {
 public:
  TableNames(sql::Dialect dialect, std::string prefix) : dialect_(dialect), prefix_(std::move(prefix)) {}
  /// Quoted, ready for a statement.
  [[nodiscard]] std::string operator()(std::string_view table) const { return sql::own_table(dialect_, prefix_ + std::string(table)); }
  /// As the catalog knows it.
  [[nodiscard]] record::TableName in_catalog(std::string_view table) const;
  [[nodiscard]] sql::Dialect dialect() const { return dialect_; }

 private:
  sql::Dialect dialect_;
  std::string prefix_;
};

/// Whether a table of that name is somebody else's: an earlier version of ours had fewer columns, but not so few.
[[nodiscard]] bool is_not_ours(const OwnTable& table, size_t columns_missing);
/// Says so, and what to write; `name` is quoted as in a statement.
[[nodiscard]] std::string not_ours(std::string_view name, std::string_view column_missing);

/// CREATE TABLE of one of ours; STRICT on SQLite.
[[nodiscard]] std::string create_statement(const OwnTable& table, const TableNames& names);
/// ALTER TABLE … ADD COLUMN …; for a column that an earlier version of ours did not have: zero, '' or false in the rows there are.
[[nodiscard]] std::string add_column_statement(const OwnTable& table, const record::Column& column, const TableNames& names);

}  // namespace syncline::state
