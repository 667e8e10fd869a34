// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sqlite3.h>

namespace syncline::sql::sqlite {

/// Gives the connection syncline_phone(text, calling code, trunk, length, whether extensions are dropped), which sql::phone calls: see
/// there. An SQLite result code.
int add_phone_function(sqlite3* database);

}  // namespace syncline::sql::sqlite
