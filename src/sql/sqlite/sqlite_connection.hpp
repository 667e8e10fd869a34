// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "sql/connection.hpp"

namespace syncline::sql::sqlite {

/// Opens a file (relative to the current folder), or ":memory:".
///
/// How values lie in the file: instants as ISO text with six digits of a second and Z, so that the order of the texts is the order in time;
/// decimals as text in columns of TEXT affinity (our own are declared DECIMAL TEXT). A column declared NUMERIC or DECIMAL keeps doubles,
/// so `describe` calls it Real, and money is refused there; TEXT or INTEGER minor units are the exact ways.
base::Result<std::unique_ptr<Connection>> open(std::string_view file, const ConnectOptions& options);

}  // namespace syncline::sql::sqlite
