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

/// What the role of this connection lacks of them, to be run as it stands by the tables' owner; tables that are not there yet are left out.
base::Result<std::vector<std::string>> missing_grants(sql::Connection& connection, const config::Project& project);

}  // namespace syncline::schema
