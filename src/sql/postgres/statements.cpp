// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/statements.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace syncline::sql::postgres {
namespace {

constexpr size_t StatementsMax = 200;

Answer run_unprepared(PGconn* connection, const std::string& sql, const Parameters& parameters) {
  return Answer(PQexecParams(connection, sql.c_str(), parameters.size(), nullptr, parameters.data(), nullptr, nullptr, 0));
}

}  // namespace

Answer Statements::run(PGconn* connection, const std::string& sql, const Parameters& parameters) {
  // Texts without parameters are mostly made for one batch, and what is best for them depends on its size: planned anew each time.
  if (!enabled_ || parameters.size() == 0) return run_unprepared(connection, sql, parameters);
  const auto found = known_.find(sql);
  if (found == known_.end()) {
    make_room(connection);
    known_.emplace(sql, Statement{{}, ++clock_});
    return run_unprepared(connection, sql, parameters);
  }
  Statement& statement = found->second;
  statement.used = ++clock_;
  if (statement.name.empty()) {
    // The text's hash is in the name: should an unseen pooler give us a server process where another connection of ours prepared, the same
    // name is the same statement there, never another one.
    std::string name = fmt::format("syncline_{:016x}_{}", std::hash<std::string>()(sql), ++names_);
    Answer prepared(PQprepare(connection, name.c_str(), sql.c_str(), 0, nullptr));
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) return prepared;
    statement.name = std::move(name);
  }
  return Answer(PQexecPrepared(connection, statement.name.c_str(), parameters.size(), parameters.data(), nullptr, nullptr, 0));
}

void Statements::make_room(PGconn* connection) {
  if (known_.size() < StatementsMax) return;
  const auto oldest =
      std::min_element(known_.begin(), known_.end(), [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
  // In a failed transaction this is refused; then the name stays taken on the server, which does no harm: names are not used again.
  if (!oldest->second.name.empty()) Answer(PQexec(connection, ("DEALLOCATE " + oldest->second.name).c_str()));
  known_.erase(oldest);
}

}  // namespace syncline::sql::postgres
