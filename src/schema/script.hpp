// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace syncline::schema {

/// The first statement of an SQL script that would begin or end a transaction (BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, ABORT,
/// PREPARE TRANSACTION), as written; "" if there is none. Comments, quoted names, texts and the bodies of functions and triggers are
/// skipped; ROLLBACK TO a savepoint is harmless.
[[nodiscard]] std::string transaction_statement(std::string_view script);

}  // namespace syncline::schema
