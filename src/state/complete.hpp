// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.hpp"
#include "sql/connection.hpp"
#include "state/tables.hpp"

namespace syncline::state {

/// ContractDrift where a table of ours is not there, lacks a column that this version needs, or is somebody else's; it says which, and what
/// to run or to write. One look at the catalog.
base::Result<void> check_complete(sql::Connection& connection, const TableNames& names);

}  // namespace syncline::state
