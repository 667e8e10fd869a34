// SPDX-License-Identifier: Apache-2.0
#include "state/payloads.hpp"

#include <fmt/format.h>

#include "state/store.hpp"

namespace syncline::state {

std::string payloads_at_once(std::string_view key, std::string_view table, std::string_view condition, std::string_view most,
                             sql::Dialect dialect) {
  const std::string_view size = dialect == sql::Dialect::Postgres ? "octet_length(payload)" : "length(CAST(payload AS blob))";
  return fmt::format(
      "SELECT s.{0} FROM (SELECT f.{0}, sum(f.size) OVER (ORDER BY f.{0} ROWS UNBOUNDED PRECEDING) - f.size AS behind FROM (SELECT {0}, "
      "{1} "
      "AS size FROM {2} WHERE {3} ORDER BY {0} LIMIT {4}) AS f) AS s WHERE s.behind < {5}",
      key, size, table, condition, most, PayloadBytesAtOnce);
}

}  // namespace syncline::state
