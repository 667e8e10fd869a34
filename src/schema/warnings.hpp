// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/project.hpp"
#include "sql/connection.hpp"

namespace syncline::schema {

/// What does not keep a project from syncing but may surprise: triggers that fire for synced rows, a key column that
/// holds values before the first sync, a parent that may be found twice, a
/// sequence that gives numbers which are taken or that runs out. A sentence each, with the statement that helps. Changes nothing.
base::Result<std::vector<std::string>> warnings(sql::Connection& connection, const config::Project& project);

}  // namespace syncline::schema
