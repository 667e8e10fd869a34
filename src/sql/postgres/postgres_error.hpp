// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "base/error.hpp"
#include "sql/postgres/handles.hpp"

namespace syncline::sql::postgres {

/// What went wrong with a statement. `answer` may be null: then the connection broke before there was one.
[[nodiscard]] base::Error error_of(PGconn* connection, const PGresult* answer);

/// The same of a script; it names the line where the server says where it stopped.
[[nodiscard]] base::Error error_of_script(PGconn* connection, const PGresult* answer, std::string_view script);

/// Why no connection came to be. The connection must speak with PQERRORS_VERBOSE: only then does libpq tell the SQLSTATE.
[[nodiscard]] base::Error connect_error(PGconn* connection);

}  // namespace syncline::sql::postgres
