// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <utility>

#include "sql/connection.hpp"

namespace syncline::test {

/// A connection whose answers to COMMIT can be lost: done or not, the caller is not told, and the session is gone with its temporary
/// tables.
class LosingConnection : public sql::Connection {
 public:
  enum class Commit { Done, Undone };
  using Open = std::function<std::unique_ptr<sql::Connection>()>;

  explicit LosingConnection(Open open) : open_(std::move(open)), real_(open_()) {}

  /// The next COMMITs, as many as there are, come to these ends; those behind them arrive.
  void lose(std::vector<Commit> ends) { ends_ = std::move(ends); }
  /// The answers that were lost so far.
  [[nodiscard]] int lost() const { return lost_; }

  base::Result<void> commit() override {
    if (ends_.empty()) return real_->commit();
    const Commit end = ends_.front();
    ends_.erase(ends_.begin());
    ++lost_;
    if (end == Commit::Done) {
      if (auto done = real_->commit(); !done) return done;
    } else {
      real_->rollback();
    }
    broken_ = true;
    return base::fail({base::ErrorKind::Transient, base::Side::Database, "the connection broke at COMMIT", "commit_unknown", "", {}});
  }
  base::Result<void> reconnect() override {
    if (!broken_) return real_->reconnect();
    real_ = open_();
    broken_ = false;
    return {};
  }
  void rollback() override {
    if (!broken_) real_->rollback();
  }

  [[nodiscard]] sql::Dialect dialect() const override { return real_->dialect(); }
  [[nodiscard]] std::string description() const override { return real_->description(); }
  [[nodiscard]] sql::Capabilities capabilities() const override { return real_->capabilities(); }
  base::Result<void> begin() override { return real_->begin(); }
  base::Result<void> check_deferred() override { return real_->check_deferred(); }
  base::Result<void> execute(std::string_view sql) override { return real_->execute(sql); }
  base::Result<int64_t> change(std::string_view sql, std::span<const record::Cell> parameters) override {
    return real_->change(sql, parameters);
  }
  base::Result<sql::Rows> query(std::string_view sql, std::span<const record::Cell> parameters) override {
    return real_->query(sql, parameters);
  }
  base::Result<sql::Rows> query_arrays(std::string_view sql, std::span<const sql::BinaryArray> arrays) override {
    return real_->query_arrays(sql, arrays);
  }
  base::Result<sql::Rows> query_each(std::string_view sql, size_t width, std::span<const record::Cell> cells,
                                     std::span<const uint32_t> which) override {
    return real_->query_each(sql, width, cells, which);
  }
  using Connection::insert_many;
  base::Result<int64_t> insert_many(std::string_view table, std::span<const record::Column> columns, size_t rows,
                                    const sql::MakeRow& make) override {
    return real_->insert_many(table, columns, rows, make);
  }
  base::Result<std::optional<record::Table>> describe(const record::TableName& table) override { return real_->describe(table); }
  base::Result<std::vector<std::string>> table_names() override { return real_->table_names(); }

 private:
  const Open open_;
  std::unique_ptr<sql::Connection> real_;
  std::vector<Commit> ends_;
  int lost_ = 0;
  bool broken_ = false;
};

}  // namespace syncline::test
