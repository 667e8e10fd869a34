// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "base/result.hpp"
#include "commands.hpp"
#include "sql/connection.hpp"
#include "state/store.hpp"

namespace syncline::apps {

/// Our own tables, opened for reading.
struct History {
  std::unique_ptr<sql::Connection> connection;
  std::unique_ptr<state::Store> store;
};

/// The project's history; an error with the next step when the database was never migrated.
base::Result<History> open_history(const CommonOptions& common);

/// Exit code 20, with the next step, when the log does not know that run.
base::Result<void> check_run(state::Store& store, int64_t run);

}  // namespace syncline::apps
