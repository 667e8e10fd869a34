// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/await.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace syncline::sql::postgres {
namespace {

using std::chrono::steady_clock;

bool is_copy(const PGresult* answer) {
  const ExecStatusType status = PQresultStatus(answer);
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

}  // namespace

bool wait_for_socket(PGconn* connection, short events, steady_clock::time_point deadline) {
  pollfd socket{PQsocket(connection), events, 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
    if (left <= 0) return false;
    const int ready = poll(&socket, 1, int(std::min<int64_t>(left, 60'000)));
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
  }
}

Answer await_next(PGconn* connection, std::chrono::milliseconds silence) {
  const auto deadline = steady_clock::now() + silence;
  while (PQisBusy(connection) == 1) {
    if (!wait_for_socket(connection, POLLIN, deadline)) {
      // From here on libpq finds the connection broken, and says so.
      shutdown(PQsocket(connection), SHUT_RDWR);
      break;
    }
    if (PQconsumeInput(connection) != 1) break;
  }
  return Answer(PQgetResult(connection));
}

Answer await_answers(PGconn* connection, int sent, std::chrono::milliseconds silence) {
  if (sent != 1) return {};
  Answer last;
  while (Answer next = await_next(connection, silence)) {
    last = std::move(next);
    if (is_copy(last.get()) || PQstatus(connection) == CONNECTION_BAD) break;
  }
  return last;
}

}  // namespace syncline::sql::postgres
