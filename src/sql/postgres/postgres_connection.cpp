// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/postgres_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/check.hpp"
#include "base/text.hpp"
#include "sql/postgres/answer.hpp"
#include "sql/postgres/catalog.hpp"
#include "sql/postgres/copy.hpp"
#include "sql/shared/cell.hpp"
#include "sql/shared/error.hpp"

namespace syncline::sql::postgres {
namespace {

constexpr size_t StatementsMax = 100;
/// As much as libpq sends well at once; the batch is never copied whole.
constexpr size_t CopyChunkBytes = size_t{64} << 10;

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

/// The server's own messages are for its log, not for our stderr.
void ignore_notice(void*, const PGresult*) {}

/// Parameters in text form, owned for the time of one call.
class TextParameters {
 public:
  static base::Result<TextParameters> of(std::span<const record::Cell> cells) {
    TextParameters out;
    out.texts_.reserve(cells.size());
    for (size_t i = 0; i < cells.size(); ++i) {
      TRY(check_cell(cells[i], fmt::format("${}", i + 1)));
      out.texts_.push_back(text_of(cells[i]));
    }
    for (size_t i = 0; i < cells.size(); ++i) {
      const bool null = cells[i].is_null() || cells[i].type == record::Cell::Type::Keep;
      out.values_.push_back(null ? nullptr : out.texts_[i].c_str());
    }
    return out;
  }
  [[nodiscard]] int size() const { return int(values_.size()); }
  [[nodiscard]] const char* const* values() const { return values_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<const char*> values_;
};

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(std::unique_ptr<PGconn, Finish> connection, const ConnectOptions& options) : connection_(std::move(connection)), options_(options) {
    PQsetNoticeReceiver(connection_.get(), ignore_notice, nullptr);
  }

  [[nodiscard]] Dialect dialect() const override { return Dialect::Postgres; }
  [[nodiscard]] std::string description() const override {
    const char* version = PQparameterStatus(connection_.get(), "server_version");
    return fmt::format("PostgreSQL {}", version ? version : "of unknown version");
  }

  base::Result<void> begin() override {
    // SET LOCAL: behind a pooler, a session's settings would reach the next client.
    return execute(fmt::format("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}; SET LOCAL idle_in_transaction_session_timeout = {}; "
                               "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = ISO",
                               options_.lock.count(), options_.statement.count(), options_.statement.count()));
  }

  base::Result<void> commit() override {
    const Answer answer(PQexec(connection_.get(), "COMMIT"));
    if (succeeded(answer.get())) {
      // The server answers COMMIT of a failed transaction with ROLLBACK.
      if (std::string_view(PQcmdStatus(answer.get())) == "COMMIT") return {};
      return base::fail(database_error(sqlstate::BrokenTransaction, "the transaction had failed and was rolled back"));
    }
    base::Error error = error_of(connection_.get(), answer.get());
    if (PQstatus(connection_.get()) == CONNECTION_BAD) {
      error.code = "commit_unknown";
      error.message = "the answer to COMMIT was lost: " + error.message;
      error.kind = base::ErrorKind::Transient;
    }
    return base::fail(std::move(error));
  }

  void rollback() override {
    const Answer answer(PQexec(connection_.get(), "ROLLBACK"));
  }

  base::Result<void> execute(std::string_view sql) override {
    const Answer answer(PQexec(connection_.get(), std::string(sql).c_str()));
    if (!succeeded(answer.get())) return base::fail(error_of(connection_.get(), answer.get()));
    return {};
  }

  base::Result<int64_t> change(std::string_view sql, std::span<const record::Cell> parameters) override {
    const Answer answer = TRY(run(sql, parameters));
    const std::string_view count = PQcmdTuples(answer.get());
    return count.empty() ? 0 : std::strtoll(count.data(), nullptr, 10);
  }

  base::Result<Rows> query(std::string_view sql, std::span<const record::Cell> parameters) override {
    const Answer answer = TRY(run(sql, parameters));
    return rows_of(answer.get());
  }

  base::Result<void> insert_many(std::string_view table, std::span<const record::Column> columns, std::span<const record::Cell> cells) override {
    base::check(!columns.empty() && cells.size() % columns.size() == 0, "insert_many needs whole rows");
    std::string names;
    for (const record::Column& column : columns) names += (names.empty() ? "" : ", ") + sql::quoted(column.name);
    TRY(execute(fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", table, names)));
    auto sent = send_rows(columns, cells);
    // The reason is ours to tell; the server only has to know that nothing more will come.
    const std::string reason = sent ? "" : "a row cannot be encoded";
    if (PQputCopyEnd(connection_.get(), sent ? nullptr : reason.c_str()) != 1) return base::fail(error_of(connection_.get(), nullptr));
    auto ended = take_answers();
    return sent ? ended : sent;
  }

  base::Result<std::optional<record::Table>> describe(const record::TableName& table) override { return postgres::describe(*this, table); }

  base::Result<std::vector<std::string>> table_names() override {
    const Rows rows = TRY(query("SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                                "WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'syncline') AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1",
                                {}));
    std::vector<std::string> out;
    for (size_t i = 0; i < rows.size(); ++i) out.emplace_back(rows.text(i, 0));
    return out;
  }

 private:
  base::Result<Answer> run(std::string_view sql, std::span<const record::Cell> parameters) {
    const TextParameters given = TRY(TextParameters::of(parameters));
    const std::string text(sql);
    // Statements without parameters are made per batch and depend on its size: planned afresh each time.
    if (parameters.empty()) return checked(PQexecParams(connection_.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0));
    const std::string name = TRY(prepared(text));
    auto answer = checked(PQexecPrepared(connection_.get(), name.c_str(), given.size(), given.values(), nullptr, nullptr, 0));
    if (answer || answer.error().code != sqlstate::StatementLost) return answer;
    // A pooler gave us another server connection. The transaction, if any, has failed with it; the next try prepares anew.
    statements_.clear();
    if (PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) return answer;
    return checked(PQexecParams(connection_.get(), text.c_str(), given.size(), nullptr, given.values(), nullptr, nullptr, 0));
  }

  base::Result<std::string> prepared(const std::string& sql) {
    if (const auto found = statements_.find(sql); found != statements_.end()) return found->second;
    if (statements_.size() >= StatementsMax) {
      TRY(execute("DEALLOCATE ALL"));
      statements_.clear();
    }
    const std::string name = fmt::format("syncline_{}", ++statements_made_);
    auto made = checked(PQprepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr));
    if (!made) return base::fail(std::move(made).error());
    statements_.emplace(sql, name);
    return name;
  }

  base::Result<Answer> checked(PGresult* result) {
    Answer answer(result);
    if (!succeeded(answer.get())) return base::fail(error_of(connection_.get(), answer.get()));
    return answer;
  }

  base::Result<void> send_rows(std::span<const record::Column> columns, std::span<const record::Cell> cells) {
    std::string out(copy_header());
    for (size_t at = 0; at < cells.size(); at += columns.size()) {
      TRY(append_copy_row(out, columns, cells.subspan(at, columns.size())));
      if (out.size() >= CopyChunkBytes) TRY(send(out));
    }
    append_copy_trailer(out);
    return send(out);
  }

  base::Result<void> send(std::string& out) {
    if (PQputCopyData(connection_.get(), out.data(), int(out.size())) != 1) return base::fail(error_of(connection_.get(), nullptr));
    out.clear();
    return {};
  }

  base::Result<void> take_answers() {
    base::Result<void> outcome;
    while (PGresult* result = PQgetResult(connection_.get())) {
      const Answer answer(result);
      if (!succeeded(result) && outcome) outcome = base::fail(error_of(connection_.get(), result));
    }
    return outcome;
  }

  std::unique_ptr<PGconn, Finish> connection_;
  const ConnectOptions options_;
  std::map<std::string, std::string> statements_;
  uint64_t statements_made_ = 0;
};

/// What libpq says when there is no connection has no SQLSTATE; a refused login must not be tried again and again.
base::Error connect_error(PGconn* connection) {
  const std::string message = connection ? base::shown(base::redact(base::trim(PQerrorMessage(connection))), 500) : "out of memory";
  const auto says = [&](std::string_view words) { return message.find(words) != std::string::npos; };
  std::string_view code = sqlstate::CannotConnect;
  if (says("authentication failed") || says("no password supplied") || (says("role \"") && says("does not exist"))) code = "28000";
  if (says("database \"") && says("does not exist")) code = "3D000";
  base::Error error = database_error(code, "cannot connect to the database: " + message);
  if (says("invalid connection option") || says("invalid URI") || says("invalid sslmode") || says("invalid port number")) error.kind = base::ErrorKind::BadConfig;
  return error;
}

}  // namespace

base::Result<std::unique_ptr<Connection>> open(const base::Secret& url, const ConnectOptions& options) {
  const std::string connect_seconds = std::to_string(std::max<int64_t>(2, options.connect.count() / 1000));
  // A silent network is noticed within about ten seconds: tcp_user_timeout alone does not help while we wait for an answer.
  const char* const names[] = {"dbname", "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "fallback_application_name", "client_encoding", nullptr};
  const char* const values[] = {url.reveal().c_str(), connect_seconds.c_str(), "1", "4", "2", "3", "10000", options.application_name.c_str(), "UTF8", nullptr};
  std::unique_ptr<PGconn, Finish> connection(PQconnectdbParams(names, values, 1));
  if (PQstatus(connection.get()) != CONNECTION_OK) return base::fail(connect_error(connection.get()));
  auto out = std::make_unique<PostgresConnection>(std::move(connection), options);
  const Rows read_only = TRY(out->query("SELECT current_setting('transaction_read_only')", {}));
  if (read_only.text(0, 0) == "on") return base::fail(database_error("25006", "the database is read-only: this is a standby, or default_transaction_read_only is set; name the primary"));
  return std::unique_ptr<Connection>(std::move(out));
}

}  // namespace syncline::sql::postgres
