// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.hpp"
#include "sql/connection.hpp"
#include "sql/postgres/handles.hpp"
#include "sql/postgres/parameters.hpp"
#include "sql/postgres/statements.hpp"

namespace syncline::sql::postgres {

/// A connection over libpq. Once broken, every call says so, until it is asked to reconnect.
class PostgresConnection final : public Connection {
 public:
  PostgresConnection(Handle connection, const base::Secret& url, const ConnectOptions& options)
      : connection_(std::move(connection)), url_(url), options_(options) {}

  /// Finds out whether a pooler stands between, and sets the session up. Once, before anything else.
  base::Result<void> prepare_session();

  [[nodiscard]] Dialect dialect() const override { return Dialect::Postgres; }
  [[nodiscard]] std::string description() const override;
  [[nodiscard]] Capabilities capabilities() const override { return capabilities_; }
  base::Result<void> reconnect() override;
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
  base::Result<void> usable() const;
  [[nodiscard]] std::string settings(std::string_view set) const;
  base::Result<Answer> run(std::string_view sql);
  Answer send(const std::string& sql);
  [[nodiscard]] std::chrono::milliseconds silence() const;
  base::Result<void> run_script(const std::string& sql);
  Answer end_copy(PGresult* started, const char* reason);
  base::Result<int64_t> insert_arrays(std::string_view table, std::span<const record::Column> columns, size_t rows, const MakeRow& make);
  base::Result<void> send_rows(std::span<const record::Column> columns, size_t rows, const MakeRow& make);

  Handle connection_;
  const base::Secret url_;
  const ConnectOptions options_;
  Capabilities capabilities_;
  bool pooled_ = false;  ///< a pooler may give each transaction another server process
  Parameters parameters_;
  Statements statements_;
};

}  // namespace syncline::sql::postgres
