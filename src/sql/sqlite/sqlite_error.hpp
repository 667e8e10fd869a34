// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sqlite3.h>

#include "base/error.hpp"

namespace syncline::sql::sqlite {

/// The error a call has just left on the connection, with the nearest SQLSTATE.
[[nodiscard]] base::Error error_of(sqlite3* database);

}  // namespace syncline::sql::sqlite
