// SPDX-License-Identifier: Apache-2.0
#include "sql/sqlite/sqlite_connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <map>

#include "base/check.hpp"
#include "base/text.hpp"
#include "sql/shared/error.hpp"
#include "sql/sqlite/catalog.hpp"
#include "sql/sqlite/statement.hpp"

namespace syncline::sql::sqlite {
namespace {

/// Enough for every statement of a run; a caller that makes ever new texts does not make us grow.
constexpr size_t StatementsMax = 100;

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(sqlite3* database, std::string file) : database_(database), file_(std::move(file)) {}
  ~SqliteConnection() override {
    statements_.clear();
    sqlite3_close_v2(database_);
  }

  [[nodiscard]] Dialect dialect() const override { return Dialect::Sqlite; }
  [[nodiscard]] std::string description() const override { return fmt::format("SQLite {} ({})", sqlite3_libversion(), file_); }

  base::Result<void> begin() override { return execute("BEGIN IMMEDIATE"); }
  base::Result<void> commit() override { return execute("COMMIT"); }
  void rollback() override {
    if (sqlite3_get_autocommit(database_) == 0) sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
  }

  base::Result<void> execute(std::string_view sql) override {
    if (sqlite3_exec(database_, std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return base::fail(error_of(database_));
    return {};
  }

  base::Result<int64_t> change(std::string_view sql, std::span<const record::Cell> parameters) override {
    const sqlite3_int64 before = sqlite3_total_changes64(database_);
    Statement* statement = TRY(prepared(sql));
    TRY(statement->bind(parameters));
    while (TRY(statement->step())) {
    }
    statement->reset();
    // changes() counts this statement alone, without its triggers; it keeps the last statement's number when this one changed nothing.
    return sqlite3_total_changes64(database_) == before ? 0 : sqlite3_changes64(database_);
  }

  base::Result<Rows> query(std::string_view sql, std::span<const record::Cell> parameters) override {
    Statement* statement = TRY(prepared(sql));
    TRY(statement->bind(parameters));
    const int columns = statement->columns();
    std::vector<std::optional<std::string>> values;
    while (TRY(statement->step())) {
      for (int i = 0; i < columns; ++i) values.push_back(value(statement->handle(), i));
    }
    statement->reset();
    return Rows(size_t(columns), std::move(values));
  }

  base::Result<void> insert_many(std::string_view table, std::span<const record::Column> columns, std::span<const record::Cell> cells) override {
    base::check(!columns.empty() && cells.size() % columns.size() == 0, "insert_many needs whole rows");
    std::string names, places;
    for (size_t i = 0; i < columns.size(); ++i) {
      names += (i ? ", " : "") + quoted(columns[i].name);
      places += fmt::format("{}${}", i ? ", " : "", i + 1);
    }
    Statement* statement = TRY(prepared(fmt::format("INSERT INTO {} ({}) VALUES ({})", table, names, places)));
    for (size_t at = 0; at < cells.size(); at += columns.size()) {
      TRY(statement->bind(cells.subspan(at, columns.size())));
      TRY(statement->step());
      statement->reset();
    }
    return {};
  }

  base::Result<std::optional<record::Table>> describe(const record::TableName& table) override { return sqlite::describe(*this, table); }

  base::Result<std::vector<std::string>> table_names() override {
    const Rows rows = TRY(query("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name", {}));
    std::vector<std::string> out;
    for (size_t i = 0; i < rows.size(); ++i) out.emplace_back(rows.text(i, 0));
    return out;
  }

 private:
  static std::optional<std::string> value(sqlite3_stmt* statement, int column) {
    if (sqlite3_column_type(statement, column) == SQLITE_NULL) return std::nullopt;
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    return std::string(text, size_t(sqlite3_column_bytes(statement, column)));
  }

  base::Result<Statement*> prepared(std::string_view sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return &found->second;
    if (statements_.size() >= StatementsMax) statements_.clear();
    auto statement = Statement::prepare(database_, sql);
    if (!statement) return base::fail(std::move(statement).error());
    return &statements_.emplace(std::string(sql), *std::move(statement)).first->second;
  }

  sqlite3* database_;
  const std::string file_;
  std::map<std::string, Statement, std::less<>> statements_;
};

}  // namespace

base::Result<std::unique_ptr<Connection>> open(std::string_view file, const ConnectOptions& options) {
  sqlite3* database = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (options.create ? SQLITE_OPEN_CREATE : 0);
  const int opened = sqlite3_open_v2(std::string(file).c_str(), &database, flags, nullptr);
  auto connection = std::make_unique<SqliteConnection>(database, std::string(file));
  if (opened != SQLITE_OK) {
    base::Error error = error_of(database);
    error.message = fmt::format("cannot open the SQLite database {}: {}", base::shown(file), error.message);
    return base::fail(std::move(error));
  }
  sqlite3_busy_timeout(database, int(options.lock.count()));
  // NORMAL loses at most whole transactions on a power cut: rows and checkpoint together, so the next run reads them again.
  auto set = connection->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000");
  if (!set) return base::fail(std::move(set).error().within(fmt::format("opening the SQLite database {}", base::shown(file))));
  return std::unique_ptr<Connection>(std::move(connection));
}

}  // namespace syncline::sql::sqlite
