// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "base/phone.hpp"
#include "sql/dialect.hpp"

namespace syncline::sql {

/// A text of the table's as a telephone number, for a statement: what base::parse_phone makes of it by this plan, NULL where that refuses
/// it or the text is NULL. PostgreSQL: of built-in functions that are immutable, so that an index can hold it. SQLite: a function that each
/// of our connections brings, and nobody else's, so no index can.
[[nodiscard]] std::string phone(const std::string& value, const base::DialingPlan& plan, Dialect dialect);

/// A condition that each text fulfils which is one of these numbers (`column` of `table`, as `phone` writes them), and few others: for
/// looking through a whole table, where `phone` of each row would be dear. Empty where it would not be (SQLite).
[[nodiscard]] std::string may_be_phone(const std::string& value, const base::DialingPlan& plan, Dialect dialect, const std::string& column,
                                       const std::string& table);

}  // namespace syncline::sql
