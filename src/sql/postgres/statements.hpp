// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "sql/postgres/handles.hpp"
#include "sql/postgres/parameters.hpp"

namespace syncline::sql::postgres {

/// The statements a connection has prepared on its server, by their text. A text is prepared when it comes the second time, so what is
/// asked once costs one round trip; at most `StatementsMax` are kept, the longest unused one makes room.
class Statements {
 public:
  /// Runs one statement; null if the connection broke, as it does after so much silence.
  Answer run(PGconn* connection, const std::string& sql, const Parameters& parameters, std::chrono::milliseconds silence);
  /// The server no longer has what we think it has.
  void forget() { known_.clear(); }
  /// From now on nothing is prepared: behind a pooler each transaction may meet another server process.
  void disable() {
    known_.clear();
    enabled_ = false;
  }

 private:
  struct Statement {
    std::string name;  ///< empty: met once, not prepared
    uint64_t used = 0;
  };
  void make_room(PGconn* connection, std::chrono::milliseconds silence);

  std::unordered_map<std::string, Statement> known_;
  uint64_t clock_ = 0, names_ = 0;
  bool enabled_ = true;
};

}  // namespace syncline::sql::postgres
