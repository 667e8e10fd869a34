// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sqlite3.h>

#include <memory>

namespace syncline::sql::sqlite {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

}  // namespace syncline::sql::sqlite
