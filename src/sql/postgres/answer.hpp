// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <postgresql/libpq-fe.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "sql/connection.hpp"

namespace syncline::sql::postgres {

/// A PGresult with an owner.
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearResult>;

/// Whether the server did what was asked.
[[nodiscard]] bool succeeded(const PGresult* result);

/// The error of an answer; of the connection itself when it is broken or there is no answer.
[[nodiscard]] base::Error error_of(PGconn* connection, const PGresult* result);

/// The rows of an answer, in text form.
[[nodiscard]] Rows rows_of(const PGresult* result);

}  // namespace syncline::sql::postgres
