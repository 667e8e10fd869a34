// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/statements.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/postgres/await.hpp"

namespace syncline::sql::postgres {
namespace {

constexpr size_t StatementsMax = 200;

Answer run_unprepared(PGconn* connection, const std::string& sql, const Parameters& parameters, std::chrono::milliseconds silence) {
  const int sent = PQsendQueryParams(connection, sql.c_str(), parameters.size(), nullptr, parameters.data(), parameters.lengths(),
                                     parameters.formats(), 0);
  return await_answers(connection, sent, silence);
}

}  // namespace

Answer Statements::run(PGconn* connection, const std::string& sql, const Parameters& parameters, std::chrono::milliseconds silence) {
  // Texts without parameters are mostly made for one batch, and what is best for them depends on its size: planned anew each time.
  if (!enabled_ || parameters.size() == 0) return run_unprepared(connection, sql, parameters, silence);
  const auto found = known_.find(sql);
  if (found == known_.end()) {
    make_room(connection, silence);
    known_.emplace(sql, Statement{{}, ++clock_});
    return run_unprepared(connection, sql, parameters, silence);
  }
  Statement& statement = found->second;
  statement.used = ++clock_;
  if (statement.name.empty()) {
    // The text's hash is in the name: should an unseen pooler give us a server process where another connection of ours prepared, the same
    // name is the same statement there, never another one.
    std::string name = fmt::format("syncline_{:016x}_{}", std::hash<std::string>()(sql), ++names_);
    Answer prepared = await_answers(connection, PQsendPrepare(connection, name.c_str(), sql.c_str(), 0, nullptr), silence);
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) return prepared;
    statement.name = std::move(name);
  }
  const int sent = PQsendQueryPrepared(connection, statement.name.c_str(), parameters.size(), parameters.data(), parameters.lengths(),
                                       parameters.formats(), 0);
  return await_answers(connection, sent, silence);
}

void Statements::make_room(PGconn* connection, std::chrono::milliseconds silence) {
  if (known_.size() < StatementsMax) return;
  const auto oldest =
      std::min_element(known_.begin(), known_.end(), [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
  // In a failed transaction this is refused; then the name stays taken on the server, which does no harm: names are not used again.
  if (!oldest->second.name.empty())
    await_answers(connection, PQsendQuery(connection, ("DEALLOCATE " + oldest->second.name).c_str()), silence);
  known_.erase(oldest);
}

}  // namespace syncline::sql::postgres
