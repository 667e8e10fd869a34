// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "commands.hpp"
#include "config/project.hpp"
#include "sql/connection.hpp"

namespace syncline::apps {

/// Where connectors that ship are: $SYNCLINE_CONNECTORS, or beside the program.
[[nodiscard]] std::vector<std::filesystem::path> connector_folders();

/// How files are read: the project's folder, the shipped connectors, the families' specs, the process's environment.
base::Result<config::LoadOptions> load_options(const CommonOptions& common);

/// The whole project; every problem of its files is in the error's message, a line each.
base::Result<config::Project> open_project(const CommonOptions& common);

/// A connection to the project's database.
base::Result<std::unique_ptr<sql::Connection>> open_database(const config::Project& project, sql::ConnectOptions::Access access);

/// What a person can do about an error of the database, by its SQLSTATE, as a phrase to put behind the message; "" when it says enough.
[[nodiscard]] std::string database_advice(std::string_view code, const config::Project& project);
/// The error with that phrase.
[[nodiscard]] base::Error with_database_advice(base::Error error, const config::Project& project);

}  // namespace syncline::apps
