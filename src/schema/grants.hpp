// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/project.hpp"
#include "sql/connection.hpp"

namespace syncline::schema {

/// The GRANTs that a role needs which only syncs (PostgreSQL), with "…" for its name; none elsewhere. Reads the catalog.
base::Result<std::vector<std::string>> grants(sql::Connection& connection, const config::Project& project);

}  // namespace syncline::schema
