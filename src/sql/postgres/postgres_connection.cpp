// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/postgres_connection.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/check.hpp"
#include "sql/postgres/array_insert.hpp"
#include "sql/postgres/await.hpp"
#include "sql/postgres/binary_copy.hpp"
#include "sql/postgres/catalog.hpp"
#include "sql/postgres/connect.hpp"
#include "sql/postgres/open.hpp"
#include "sql/postgres/postgres_error.hpp"
#include "sql/shared/error.hpp"

namespace syncline::sql::postgres {
namespace {

constexpr size_t CopyBufferBytes = 64 * 1024;
/// A transaction of ours works without a pause; one that idles is a process that was stopped, and it must not keep its locks.
constexpr int IdleInTransactionMilliseconds = 60'000;

bool succeeded(const PGresult* answer) {
  const ExecStatusType status = PQresultStatus(answer);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

bool is_copy(const PGresult* answer) {
  const ExecStatusType status = PQresultStatus(answer);
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

std::string_view field(const PGresult* answer, int code) {
  const char* const text = answer ? PQresultErrorField(answer, code) : nullptr;
  return text ? std::string_view(text) : std::string_view();
}

/// What we prepared is not there, or is another's (a pooler changed the server process, or somebody said DISCARD ALL).
bool statement_lost(const PGresult* answer) {
  const std::string_view code = field(answer, PG_DIAG_SQLSTATE);
  return code == sqlstate::StatementLost || code == sqlstate::StatementExists;
}

/// "cached plan must not change result type": a table was altered since. The message is translated, the function's name is not.
bool plan_outdated(const PGresult* answer) {
  return field(answer, PG_DIAG_SQLSTATE) == sqlstate::NotSupported && field(answer, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery";
}

/// What speaks the protocol and is no PostgreSQL says so in its version; of a Citus, the rows of distributed tables are written by other
/// servers' transactions.
Capabilities capabilities_of(std::string_view version, bool distributes) {
  const bool genuine = version.starts_with("PostgreSQL ") && version.find("-YB-") == version.npos;
  return {.row_versions = genuine && !distributes, .copy = genuine, .advisory_locks = genuine, .session_tables = genuine};
}

Rows rows_of(const PGresult* answer) {
  const int rows = PQntuples(answer), columns = PQnfields(answer);
  std::vector<std::optional<std::string>> values;
  values.reserve(size_t(rows) * size_t(columns));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(answer, row, column)) {
        values.emplace_back();
      } else {
        values.emplace_back(std::in_place, PQgetvalue(answer, row, column), size_t(PQgetlength(answer, row, column)));
      }
    }
  }
  return Rows(size_t(columns), std::move(values));
}

int64_t rows_changed(PGresult* answer) {
  const std::string_view digits = PQcmdTuples(answer);
  int64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

base::Result<void> check_sql(std::string_view sql) {
  if (sql.find('\0') == sql.npos) return {};
  return base::fail(misuse(sqlstate::SyntaxError, "a statement holds a NUL character"));
}

}  // namespace

base::Result<std::unique_ptr<Connection>> open(const base::Secret& url, const ConnectOptions& options) {
  Handle handle = TRY(connect_to(url, options));
  auto connection = std::make_unique<PostgresConnection>(std::move(handle), url, options);
  TRY_WITHIN("setting up the session", connection->prepare_session());
  return connection;
}

base::Result<void> PostgresConnection::prepare_session() {
  // One message is one transaction. What the database or the role is set to, such as a short timeout, must not stop the question, and until
  // it is answered nothing may stay in a session that others could get.
  const Answer told = send(settings("SET LOCAL ") +
                           "SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_setting('transaction_read_only'), pg_catalog.version(), "
                           "(SELECT pg_catalog.count(*) FROM pg_catalog.pg_extension WHERE extname = 'citus')");
  if (!succeeded(told.get())) return base::fail(error_of(connection_.get(), told.get()));
  const Rows answer = rows_of(told.get());
  capabilities_ = capabilities_of(answer.text(0, 2), answer.integer(0, 3) > 0) & options_.at_most;
  if (answer.text(0, 1) == "on") {
    return base::fail(database_error(
        "25006", "the database takes no writes: it is a standby, or default_transaction_read_only is set; name the primary"));
  }
  // A pooler invents the process id it tells a client, because there is no one process. Then session settings would leak to others.
  pooled_ = answer.integer(0, 0) != PQbackendPID(connection_.get());
  capabilities_.session_tables = capabilities_.session_tables && !pooled_;
  if (pooled_) {
    statements_.disable();
    return {};
  }
  statements_.forget();
  return run_script(settings("SET ") + "SET default_transaction_isolation = 'read committed'");
}

std::string PostgresConnection::settings(std::string_view set) const {
  std::string out;
  const auto add = [&](std::string_view setting) { out.append(set).append(setting).append(";"); };
  add(fmt::format("lock_timeout = {}", options_.lock.count()));
  add(fmt::format("statement_timeout = {}", options_.statement.count()));
  add(fmt::format("idle_in_transaction_session_timeout = {}", IdleInTransactionMilliseconds));
  add("TimeZone = 'UTC'");
  add("DateStyle = 'ISO, YMD'");
  add("standard_conforming_strings = on");
  return out;
}

std::string PostgresConnection::description() const {
  const char* const version = PQparameterStatus(connection_.get(), "server_version");
  const std::string_view text = version ? version : "";
  return fmt::format("PostgreSQL {}{}", text.substr(0, text.find(' ')), pooled_ ? " behind a pooler" : "");
}

base::Result<void> PostgresConnection::usable() const {
  if (PQstatus(connection_.get()) != CONNECTION_BAD) return {};
  return base::fail(database_error(sqlstate::NotConnected, "the connection to the database is broken; a new one is needed"));
}

base::Result<void> PostgresConnection::reconnect() {
  if (usable()) return {};
  connection_ = TRY(connect_to(url_, options_));
  return prepare_session();
}

base::Result<void> PostgresConnection::begin() {
  TRY(usable());
  if (PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) {
    return base::fail(misuse(sqlstate::AlreadyInTransaction, "a transaction was begun within a transaction"));
  }
  const std::string sql = "BEGIN ISOLATION LEVEL READ COMMITTED;" + (pooled_ ? settings("SET LOCAL ") : std::string());
  base::Result<void> begun = run_script(sql);
  if (!begun) rollback();
  return begun;
}

base::Result<void> PostgresConnection::commit() {
  TRY(usable());
  const PGTransactionStatusType status = PQtransactionStatus(connection_.get());
  if (status == PQTRANS_IDLE) return base::fail(misuse(sqlstate::NoTransaction, "there is no transaction to commit"));
  if (status == PQTRANS_INERROR) {
    rollback();
    return base::fail(database_error(sqlstate::BrokenTransaction, "an earlier error broke the transaction, so it was rolled back"));
  }
  const Answer answer = send("COMMIT");
  // Whatever broke the connection, even an orderly shutdown, may have done so after the server had made the commit durable.
  if (PQstatus(connection_.get()) == CONNECTION_BAD) {
    base::Error error =
        error_of(connection_.get(), answer.get()).within("the answer to COMMIT was lost, so it may or may not have happened");
    error.kind = base::ErrorKind::Transient;
    error.code = "commit_unknown";
    return base::fail(std::move(error));
  }
  if (!succeeded(answer.get())) return base::fail(error_of(connection_.get(), answer.get()));
  if (std::string_view(PQcmdStatus(answer.get())) == "COMMIT") return {};
  return base::fail(database_error(sqlstate::BrokenTransaction, "the database rolled the transaction back instead of committing it"));
}

void PostgresConnection::rollback() {
  const PGTransactionStatusType status = PQtransactionStatus(connection_.get());
  if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR) send("ROLLBACK");
}

base::Result<void> PostgresConnection::check_deferred() { return execute("SET CONSTRAINTS ALL IMMEDIATE"); }

base::Result<void> PostgresConnection::execute(std::string_view sql) {
  TRY(usable());
  TRY(check_sql(sql));
  return run_script(std::string(sql));
}

base::Result<void> PostgresConnection::run_script(const std::string& sql) {
  const Answer answer = send(sql);
  if (is_copy(answer.get())) {
    end_copy(answer.get(), "COPY from or to a client cannot be used here");
    return base::fail(misuse(sqlstate::NotSupported, "COPY FROM STDIN and COPY TO STDOUT cannot be used here"));
  }
  if (!succeeded(answer.get())) return base::fail(error_of_script(connection_.get(), answer.get(), sql));
  return {};
}

Answer PostgresConnection::send(const std::string& sql) {
  return await_answers(connection_.get(), PQsendQuery(connection_.get(), sql.c_str()), silence());
}

/// The server ends a statement by itself when its time is over, and then has some time to say so.
std::chrono::milliseconds PostgresConnection::silence() const {
  constexpr std::chrono::milliseconds Grace{3'000}, Unlimited = std::chrono::hours(24 * 365);
  return options_.statement.count() > 0 ? options_.statement + Grace : Unlimited;
}

base::Result<int64_t> PostgresConnection::change(std::string_view sql, std::span<const record::Cell> parameters) {
  TRY(parameters_.set(parameters));
  const Answer answer = TRY(run(sql));
  return rows_changed(answer.get());
}

base::Result<Rows> PostgresConnection::query(std::string_view sql, std::span<const record::Cell> parameters) {
  TRY(parameters_.set(parameters));
  const Answer answer = TRY(run(sql));
  return rows_of(answer.get());
}

base::Result<Rows> PostgresConnection::query_arrays(std::string_view sql, std::span<const BinaryArray> arrays) {
  TRY(parameters_.set(arrays));
  const Answer answer = TRY(run(sql));
  return rows_of(answer.get());
}

base::Result<Rows> PostgresConnection::query_each(std::string_view /*sql*/, size_t /*width*/, std::span<const record::Cell> /*cells*/,
                                                  std::span<const uint32_t> /*which*/) {
  return base::fail(misuse(sqlstate::NotSupported, "a query for each row would be a round trip for each; give arrays to one"));
}

/// One statement with the parameters that are set.
base::Result<Answer> PostgresConnection::run(std::string_view sql) {
  TRY(usable());
  TRY(check_sql(sql));
  const std::string statement(sql);
  const bool alone = PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;

  Answer answer = statements_.run(connection_.get(), statement, parameters_, silence());
  const bool lost = statement_lost(answer.get()), outdated = plan_outdated(answer.get());
  if (lost) statements_.disable();
  if (outdated) statements_.forget();
  if ((lost || outdated) && alone) answer = statements_.run(connection_.get(), statement, parameters_, silence());

  if (is_copy(answer.get())) {
    end_copy(answer.get(), "COPY from or to a client cannot be used here");
    return base::fail(misuse(sqlstate::NotSupported, "COPY FROM STDIN and COPY TO STDOUT cannot be used here"));
  }
  if (succeeded(answer.get())) return answer;
  base::Error error = error_of(connection_.get(), answer.get());
  // Within a transaction all of it must be repeated; this connection has already drawn the consequence.
  if (lost || outdated) error.kind = base::ErrorKind::Transient;
  return base::fail(std::move(error));
}

/// Leaves COPY mode, giving up what was copied; the last answer.
Answer PostgresConnection::end_copy(PGresult* started, const char* reason) {
  PGconn* const connection = connection_.get();
  if (PQresultStatus(started) == PGRES_COPY_OUT) {
    char* row = nullptr;
    while (PQgetCopyData(connection, &row, 0) > 0) PQfreemem(row);
  } else {
    PQputCopyEnd(connection, reason);
  }
  Answer last;
  while (Answer next = await_next(connection, silence())) {
    last = std::move(next);
    if (PQstatus(connection) == CONNECTION_BAD || is_copy(last.get())) break;
  }
  return last;
}

base::Result<int64_t> PostgresConnection::insert_many(std::string_view table, std::span<const record::Column> columns, size_t rows,
                                                      const MakeRow& make) {
  if (rows == 0) return 0;
  TRY(usable());
  if (!capabilities_.copy) return insert_arrays(table, columns, rows, make);
  std::string names;
  for (const record::Column& column : columns) names += (names.empty() ? "" : ", ") + sql::quoted(column.name);
  const std::string sql = fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", table, names);
  TRY(check_sql(sql));

  const Answer started = send(sql);
  if (PQresultStatus(started.get()) != PGRES_COPY_IN) return base::fail(error_of(connection_.get(), started.get()));
  if (base::Result<void> sent = send_rows(columns, rows, make); !sent) {
    end_copy(started.get(), "a value was refused by the client");
    return base::fail(std::move(sent).error());
  }
  const Answer answer = end_copy(started.get(), nullptr);
  if (!succeeded(answer.get())) return base::fail(error_of(connection_.get(), answer.get()));
  return rows_changed(answer.get());
}

base::Result<int64_t> PostgresConnection::insert_arrays(std::string_view table, std::span<const record::Column> columns, size_t rows,
                                                        const MakeRow& make) {
  const std::vector<std::string> arrays = TRY(arrays_of(columns, rows, make));
  std::vector<record::Cell> parameters;
  for (const std::string& array : arrays) parameters.push_back(record::Cell::of(std::string_view(array)));
  return change(array_insert(table, columns), parameters);
}

/// In pieces, so that the memory needed does not grow with the batch.
base::Result<void> PostgresConnection::send_rows(std::span<const record::Column> columns, size_t rows, const MakeRow& make) {
  std::string buffer;
  buffer.reserve(CopyBufferBytes + 4096);
  const auto flush = [&]() -> base::Result<void> {
    if (PQputCopyData(connection_.get(), buffer.data(), int(buffer.size())) != 1) return base::fail(error_of(connection_.get(), nullptr));
    buffer.clear();
    return {};
  };

  append_header(buffer);
  std::vector<record::Cell> cells;
  for (size_t row = 0; row < rows; ++row) {
    cells.clear();
    make(row, cells);
    base::check(cells.size() == columns.size(), "a row has a cell for each column");
    if (base::Result<void> appended = append_row(columns, cells, buffer); !appended) {
      return base::fail(std::move(appended).error().within(fmt::format("row {}", row + 1)));
    }
    if (buffer.size() >= CopyBufferBytes) TRY(flush());
  }
  append_trailer(buffer);
  return flush();
}

base::Result<std::optional<record::Table>> PostgresConnection::describe(const record::TableName& table) {
  return describe_table(*this, table);
}

base::Result<std::vector<std::string>> PostgresConnection::table_names() { return list_tables(*this); }

}  // namespace syncline::sql::postgres
