// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <postgresql/libpq-fe.h>

#include <memory>

namespace syncline::sql::postgres {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Handle = std::unique_ptr<PGconn, Finish>;

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

}  // namespace syncline::sql::postgres
