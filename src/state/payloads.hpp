// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "sql/connection.hpp"

namespace syncline::state {

/// A subquery: the first rows of a table with a column `payload`, in the order of `key`, as many as PayloadBytesAtOnce allows and one at
/// least, `most` at most. `most` is a parameter, as SQL writes it.
[[nodiscard]] std::string payloads_at_once(std::string_view key, std::string_view table, std::string_view condition, std::string_view most,
                                           sql::Dialect dialect);

}  // namespace syncline::state
