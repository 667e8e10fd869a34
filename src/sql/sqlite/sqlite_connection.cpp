// SPDX-License-Identifier: Apache-2.0
#include "sql/sqlite/sqlite_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <unordered_map>

#include "base/check.hpp"
#include "base/text.hpp"
#include "sql/shared/error.hpp"
#include "sql/sqlite/bind.hpp"
#include "sql/sqlite/catalog.hpp"
#include "sql/sqlite/handles.hpp"
#include "sql/sqlite/phone_function.hpp"
#include "sql/sqlite/sqlite_error.hpp"

namespace syncline::sql::sqlite {
namespace {

using std::chrono::steady_clock;

constexpr size_t StatementsMax = 200;
constexpr int StepsBetweenDeadlineChecks = 20'000;
constexpr int LookRetryMilliseconds = 10;

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(Handle database, std::string file, const ConnectOptions& options)
      : database_(std::move(database)), file_(std::move(file)), options_(options) {}

  base::Result<void> prepare_session();

  [[nodiscard]] Dialect dialect() const override { return Dialect::Sqlite; }
  [[nodiscard]] std::string description() const override;
  [[nodiscard]] Capabilities capabilities() const override { return {.row_versions = false, .copy = false, .advisory_locks = false}; }
  /// There is nothing between us and the file that could break.
  base::Result<void> reconnect() override { return {}; }
  base::Result<void> begin() override;
  base::Result<void> commit() override;
  void rollback() override;
  base::Result<void> check_deferred() override;
  base::Result<void> execute(std::string_view sql) override;
  base::Result<int64_t> change(std::string_view sql, std::span<const record::Cell> parameters) override;
  base::Result<Rows> query(std::string_view sql, std::span<const record::Cell> parameters) override;
  base::Result<Rows> query_arrays(std::string_view sql, std::span<const BinaryArray> arrays) override;
  base::Result<Rows> query_each(std::string_view sql, size_t width, std::span<const record::Cell> cells,
                                std::span<const uint32_t> which) override;
  using Connection::insert_many;
  base::Result<int64_t> insert_many(std::string_view table, std::span<const record::Column> columns, size_t rows,
                                    const MakeRow& make) override;
  base::Result<std::optional<record::Table>> describe(const record::TableName& table) override;
  base::Result<std::vector<std::string>> table_names() override;

 private:
  struct Kept {
    Statement statement;
    uint64_t used = 0;
  };

  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }
  base::Result<void> usable() const;
  base::Result<void> run(const std::string& sql);
  base::Result<void> run_script(const std::string& script);
  base::Result<void> look(std::string_view pragma);
  base::Result<sqlite3_stmt*> prepared(std::string_view sql);
  base::Result<bool> step(sqlite3_stmt* statement);
  void start_deadline() { deadline_ = steady_clock::now() + options_.statement; }
  static int past_deadline(void* self);

  Handle database_;
  std::string file_;
  ConnectOptions options_;
  bool begun_ = false;  ///< begin() was called, and neither commit() nor rollback()
  steady_clock::time_point deadline_;
  uint64_t clock_ = 0;
  std::unordered_map<std::string, Kept> statements_;  ///< behind database_, so that they are finalized first
};

/// Ends a statement's run on every way out: a statement left in the middle would hold its locks.
class Reset {
 public:
  explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
  ~Reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;

 private:
  sqlite3_stmt* statement_;
};

/// The shortest text that reads back as the same double; SQLite's own has 15 digits only.
std::string text_of(double value) {
  char digits[32];
  const auto [end, failed] = std::to_chars(digits, digits + sizeof digits, value);
  return std::string(digits, end);
}

std::optional<std::string> value_of(sqlite3_stmt* statement, int column) {
  const int type = sqlite3_column_type(statement, column);
  if (type == SQLITE_NULL) return std::nullopt;
  if (type == SQLITE_FLOAT) return text_of(sqlite3_column_double(statement, column));
  const void* const bytes = type == SQLITE_BLOB ? sqlite3_column_blob(statement, column) : sqlite3_column_text(statement, column);
  const auto size = size_t(sqlite3_column_bytes(statement, column));
  return size == 0 ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

base::Error wrong_url(std::string message) {
  base::Error error = database_error(sqlstate::CannotConnect, std::move(message));
  error.kind = base::ErrorKind::BadConfig;
  return error;
}

/// What the user has to mend, since no time will do it.
base::Error advised(base::Error error) {
  if (error.code == sqlstate::ReadOnly) {
    error.kind = base::ErrorKind::BadConfig;
    error.message += ": whoever runs syncline must be allowed to write the file and its folder";
  } else if (error.code == sqlstate::NoDatabase) {
    error.kind = base::ErrorKind::BadConfig;
    error.message += "; `database:` must name a file that SQLite has made, or one that is empty";
  }
  return error;
}

base::Result<void> check_file(std::string_view file, const ConnectOptions& options) {
  if (file.empty() || file.find('\0') != file.npos || (file.starts_with("//") && !file.starts_with("///"))) {
    return base::fail(wrong_url("the database URL is not of the form sqlite:FILE"));
  }
  std::error_code ignored;
  if (file == ":memory:" || options.create || std::filesystem::exists(file, ignored)) return {};
  return base::fail(wrong_url(fmt::format("there is no database file {}", base::shown(file))));
}

/// A count of all memory in use, that nobody asks for, costs a lock at each allocation. Before the library is used at all.
void configure_library() {
  static const bool done = [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return true;
  }();
  (void)done;
}

}  // namespace

base::Result<std::unique_ptr<Connection>> open(std::string_view file, const ConnectOptions& options) {
  configure_library();
  TRY(check_file(file, options));
  const std::string name(file);
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (options.create ? SQLITE_OPEN_CREATE : 0);
  const int result = sqlite3_open_v2(name.c_str(), &opened, name == ":memory:" ? flags | SQLITE_OPEN_CREATE : flags, nullptr);
  Handle database(opened);
  if (!database) return base::fail(database_error("53200", "out of memory while opening the database"));
  if (result != SQLITE_OK)
    return base::fail(wrong_url(fmt::format("cannot open {}: {}", base::shown(name), sqlite3_errmsg(database.get()))));
  auto connection = std::make_unique<SqliteConnection>(std::move(database), name, options);
  if (auto ready = connection->prepare_session(); !ready)
    return base::fail(advised(std::move(ready).error()).within("opening " + base::shown(name)));
  return connection;
}

namespace {

base::Result<void> SqliteConnection::prepare_session() {
  sqlite3_busy_timeout(database_.get(), int(options_.lock.count()));
  // Otherwise the "name" of a column that is not there is taken for the text 'name', and nobody notices.
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  if (add_phone_function(database_.get()) != SQLITE_OK) return base::fail(error_of(database_.get()));
  sqlite3_progress_handler(database_.get(), StepsBetweenDeadlineChecks, past_deadline, this);
  const bool writes = options_.access == ConnectOptions::Access::Write;
  if (writes && sqlite3_db_readonly(database_.get(), "main") == 1)
    return base::fail(database_error(sqlstate::ReadOnly, "the file can only be read"));
  // Both look at the file, which until now could have been any.
  TRY(look(writes ? "PRAGMA journal_mode = WAL" : "PRAGMA schema_version"));
  // NORMAL may lose the last transactions when the power fails, but only whole ones, rows and checkpoint together: they are read again.
  return run(
      "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = "
      "-4000");
}

/// While another connection changes the journal, SQLite does not wait but says busy at once: so we wait here.
base::Result<void> SqliteConnection::look(std::string_view pragma) {
  const auto deadline = steady_clock::now() + options_.lock;
  while (true) {
    base::Result<Rows> answer = query(pragma, {});
    if (answer) return {};
    if (answer.error().kind != base::ErrorKind::Transient || steady_clock::now() >= deadline) return base::fail(std::move(answer).error());
    sqlite3_sleep(LookRetryMilliseconds);
  }
}

int SqliteConnection::past_deadline(void* self) { return steady_clock::now() > static_cast<SqliteConnection*>(self)->deadline_; }

std::string SqliteConnection::description() const {
  return fmt::format("SQLite {} ({})", sqlite3_libversion(), base::shown(std::filesystem::path(file_).filename().string()));
}

/// SQLite ends a transaction by itself when the disk is full, and the like. What the caller still thinks is inside must not be committed
/// alone.
base::Result<void> SqliteConnection::usable() const {
  if (!begun_ || in_transaction()) return {};
  return base::fail(database_error(sqlstate::BrokenTransaction, "an earlier error broke the transaction, so it was rolled back"));
}

base::Result<void> SqliteConnection::run(const std::string& sql) {
  start_deadline();
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return base::fail(error_of(database_.get()));
}

base::Result<void> SqliteConnection::begin() {
  if (begun_ || in_transaction()) return base::fail(misuse(sqlstate::AlreadyInTransaction, "a transaction was begun within a transaction"));
  TRY(run("BEGIN IMMEDIATE"));
  begun_ = true;
  return {};
}

base::Result<void> SqliteConnection::commit() {
  if (base::Result<void> whole = usable(); !whole) {
    rollback();
    return whole;
  }
  if (!in_transaction()) return base::fail(misuse(sqlstate::NoTransaction, "there is no transaction to commit"));
  TRY(run("COMMIT"));
  begun_ = false;
  return {};
}

void SqliteConnection::rollback() {
  begun_ = false;
  if (in_transaction()) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

base::Result<void> SqliteConnection::check_deferred() {
  int violated = 0, highest = 0;
  sqlite3_db_status(database_.get(), SQLITE_DBSTATUS_DEFERRED_FKS, &violated, &highest, 0);
  return violated ? base::fail(database_error(sqlstate::ForeignKey, "FOREIGN KEY constraint failed")) : base::Result<void>();
}

base::Result<void> SqliteConnection::execute(std::string_view sql) {
  TRY(usable());
  if (sql.find('\0') != sql.npos) return base::fail(misuse(sqlstate::SyntaxError, "a statement holds a NUL character"));
  return run_script(std::string(sql));
}

/// Where a statement begins behind what stands before it: an error that has no place of its own is the statement's.
size_t first_word(std::string_view script) {
  size_t at = 0;
  while (at < script.size()) {
    const std::string_view rest = script.substr(at);
    if (rest.starts_with("--")) {
      at += std::min(rest.find('\n'), rest.size());
    } else if (rest.starts_with("/*")) {
      at += std::min(rest.find("*/"), rest.size() - 2) + 2;
    } else if (rest[0] == ';' || base::trim(rest.substr(0, 1)).empty()) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

/// One statement after the other, as sqlite3_exec() does, which does not tell where it has failed.
base::Result<void> SqliteConnection::run_script(const std::string& script) {
  start_deadline();
  const char* next = script.c_str();
  while (*next != '\0') {
    const char* const begun = next;
    sqlite3_stmt* made = nullptr;
    int result = sqlite3_prepare_v2(database_.get(), begun, -1, &made, &next);
    const Statement statement(made);
    const int failed_at = sqlite3_error_offset(database_.get());
    if (result == SQLITE_OK && !made) continue;  // a comment, or nothing
    if (result == SQLITE_OK) {
      do result = sqlite3_step(made);
      while (result == SQLITE_ROW);
    }
    if (result == SQLITE_OK || result == SQLITE_DONE) continue;
    const size_t within = failed_at >= 0 ? size_t(failed_at) : first_word(begun);
    return base::fail(at_line(error_of(database_.get()), script, size_t(begun - script.c_str()) + within));
  }
  return {};
}

base::Result<sqlite3_stmt*> SqliteConnection::prepared(std::string_view sql) {
  std::string text(sql);
  if (const auto found = statements_.find(text); found != statements_.end()) {
    found->second.used = ++clock_;
    return found->second.statement.get();
  }
  sqlite3_stmt* made = nullptr;
  const char* tail = nullptr;
  const int result = sqlite3_prepare_v3(database_.get(), sql.data(), int(sql.size()), SQLITE_PREPARE_PERSISTENT, &made, &tail);
  Statement statement(made);
  if (result != SQLITE_OK) return base::fail(error_of(database_.get()));
  const std::string_view rest = sql.substr(size_t(tail - sql.data()));
  if (!statement || rest.find_first_not_of(" \t\r\n;") != rest.npos) {
    return base::fail(misuse(sqlstate::SyntaxError, "exactly one statement is needed here"));
  }
  if (statements_.size() >= StatementsMax) {
    statements_.erase(std::min_element(statements_.begin(), statements_.end(),
                                       [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  const auto [kept, added] = statements_.emplace(std::move(text), Kept{std::move(statement), ++clock_});
  return kept->second.statement.get();
}

/// True while there is a row.
base::Result<bool> SqliteConnection::step(sqlite3_stmt* statement) {
  const int result = sqlite3_step(statement);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return base::fail(error_of(database_.get()));
}

base::Result<int64_t> SqliteConnection::change(std::string_view sql, std::span<const record::Cell> parameters) {
  TRY(usable());
  sqlite3_stmt* const statement = TRY(prepared(sql));
  const Reset reset(statement);
  TRY(bind_parameters(statement, parameters));
  start_deadline();
  // sqlite3_changes() keeps the last INSERT's number when a statement (DDL, say) changes no rows.
  const sqlite3_int64 before = sqlite3_total_changes64(database_.get());
  while (TRY(step(statement))) continue;
  return sqlite3_total_changes64(database_.get()) == before ? 0 : sqlite3_changes64(database_.get());
}

base::Result<Rows> SqliteConnection::query(std::string_view sql, std::span<const record::Cell> parameters) {
  TRY(usable());
  sqlite3_stmt* const statement = TRY(prepared(sql));
  const Reset reset(statement);
  TRY(bind_parameters(statement, parameters));
  start_deadline();
  std::vector<std::optional<std::string>> values;
  int columns = sqlite3_column_count(statement);
  while (TRY(step(statement))) {
    columns = sqlite3_column_count(statement);  // a changed schema may have prepared it anew
    for (int column = 0; column < columns; ++column) values.push_back(value_of(statement, column));
  }
  return Rows(size_t(columns), std::move(values));
}

base::Result<Rows> SqliteConnection::query_arrays(std::string_view /*sql*/, std::span<const BinaryArray> /*arrays*/) {
  return base::fail(misuse("0A000", "SQLite has no arrays; run a query for each row"));
}

base::Result<Rows> SqliteConnection::query_each(std::string_view sql, size_t width, std::span<const record::Cell> cells,
                                                std::span<const uint32_t> which) {
  TRY(usable());
  sqlite3_stmt* const statement = TRY(prepared(sql));
  const Reset reset(statement);
  start_deadline();
  std::vector<std::optional<std::string>> values;
  for (size_t i = 0; i < which.size(); ++i) {
    const auto row = cells.subspan(which[i] * width, std::min(width, size_t(sqlite3_bind_parameter_count(statement))));
    for (size_t index = 0; index < row.size(); ++index) TRY(bind_cell(statement, int(index + 1), row[index], "a value"));
    while (TRY(step(statement))) {
      values.emplace_back(std::to_string(i + 1));
      for (int column = 0; column < sqlite3_column_count(statement); ++column) values.push_back(value_of(statement, column));
    }
    sqlite3_reset(statement);
  }
  return Rows(size_t(sqlite3_column_count(statement)) + 1, std::move(values));
}

base::Result<int64_t> SqliteConnection::insert_many(std::string_view table, std::span<const record::Column> columns, size_t rows,
                                                    const MakeRow& make) {
  if (rows == 0) return 0;
  TRY(usable());
  std::string names, places;
  for (size_t index = 0; index < columns.size(); ++index) {
    names += (index ? ", " : "") + sql::quoted(columns[index].name);
    places += fmt::format("{}?{}", index ? ", " : "", index + 1);
  }
  sqlite3_stmt* const statement = TRY(prepared(fmt::format("INSERT INTO {} ({}) VALUES ({})", table, names, places)));
  const Reset reset(statement);
  start_deadline();
  const bool alone = !in_transaction();
  if (alone) TRY(run("BEGIN IMMEDIATE"));  // all or nothing, as COPY
  int64_t inserted_rows = 0;               // a trigger may have one ignored
  std::vector<record::Cell> cells;
  const auto insert = [&](size_t row) -> base::Result<void> {
    cells.clear();
    make(row, cells);
    base::check(cells.size() == columns.size(), "a row has a cell for each column");
    for (size_t index = 0; index < columns.size(); ++index) TRY(bind_column(statement, int(index + 1), columns[index], cells[index]));
    TRY(step(statement));
    inserted_rows += sqlite3_changes64(database_.get());
    sqlite3_reset(statement);
    return {};
  };
  for (size_t row = 0; row < rows; ++row) {
    if (base::Result<void> inserted = insert(row); !inserted) {
      sqlite3_reset(statement);
      if (alone) rollback();
      return base::fail(std::move(inserted).error().within(fmt::format("row {}", row + 1)));
    }
  }
  if (alone) TRY(run("COMMIT"));
  return inserted_rows;
}

base::Result<std::optional<record::Table>> SqliteConnection::describe(const record::TableName& table) {
  return describe_table(*this, table);
}

base::Result<std::vector<std::string>> SqliteConnection::table_names() { return list_tables(*this); }

}  // namespace
}  // namespace syncline::sql::sqlite
