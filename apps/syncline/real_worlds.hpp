// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include "base/result.hpp"
#include "config/project.hpp"
#include "record/report.hpp"
#include "sql/connection.hpp"
#include "sync/run.hpp"

namespace syncline::apps {

/// Does `work` with the real clock, network and random, progress on stderr, and Ctrl-C to stop it; errors of the database get what a person
/// can do about them.
base::Result<record::RunReport> in_real_worlds(const config::Project& project, sql::Connection& connection,
                                               const std::function<base::Result<record::RunReport>(const sync::Worlds&)>& work);

}  // namespace syncline::apps
