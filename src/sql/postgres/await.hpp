// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include "sql/postgres/handles.hpp"

namespace syncline::sql::postgres {

/// Waits until the connection's socket is ready for `events` (POLLIN, POLLOUT); false when the time is over.
bool wait_for_socket(PGconn* connection, short events, std::chrono::steady_clock::time_point deadline);

/// Waits for the answers to what was sent (1: libpq took it), as PQexec would, and gives the last one; null if the connection broke before
/// any. A server that says nothing for longer than `silence` is given up: the connection is broken then. Keepalives notice a network that
/// is gone, but a pooler that hangs or a server that was frozen still answers those.
Answer await_answers(PGconn* connection, int sent, std::chrono::milliseconds silence);

/// The next answer, the same way.
Answer await_next(PGconn* connection, std::chrono::milliseconds silence);

}  // namespace syncline::sql::postgres
