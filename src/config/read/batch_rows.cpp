// SPDX-License-Identifier: Apache-2.0
#include "config/read/batch_rows.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace syncline::config {
namespace {

/// Below, a transaction costs more than its rows; above, its pages no longer fit into a small machine.
constexpr int64_t RowsMin = 50, RowsMax = 100'000;

}  // namespace

std::optional<int64_t> read_batch_rows(const Reading& reading, const Tree& node) {
  const std::optional<int64_t> rows = reading.integer(node, "batch_rows");
  if (!rows || (*rows >= RowsMin && *rows <= RowsMax)) return rows;
  reading.problem(node.spot, fmt::format("`batch_rows` is {} to {}, not {}; leave it out, and transactions adapt to rows, bytes and time",
                                         base::with_thousands(RowsMin), base::with_thousands(RowsMax), *rows));
  return std::nullopt;
}

}  // namespace syncline::config
