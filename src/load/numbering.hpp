// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/entity.hpp"
#include "sql/connection.hpp"

namespace syncline::load {

struct Target;
struct Parent;

/// A column that gets a number when its row is inserted, and never again.
struct Numbered {
  std::string column;
  std::string sequence;          ///< ready for a statement; "" for numbers within a parent's row
  std::optional<size_t> parent;  ///< into Target::parents
};

/// Binds numbers to the catalog. A column or sequence that is not there, or a sequence behind the column's highest number, is
/// ContractDrift with the command that helps.
base::Result<std::vector<Numbered>> bind_numbers(sql::Connection& connection, const config::Entity& entity, const record::Table& table,
                                                 const std::vector<Parent>& parents);

/// The number of a row `r` of the judged rows, among those that are inserted by one statement; in the order of arrival.
[[nodiscard]] std::string next_number(const Target& target, const Numbered& numbered, sql::Dialect dialect);

/// Statements to run before an insert, so that no two sessions number the rows of one parent at the same time. `ready` is the table of
/// judged rows.
[[nodiscard]] std::vector<std::string> parent_locks(const Target& target, sql::Dialect dialect, const std::string& ready);

}  // namespace syncline::load
