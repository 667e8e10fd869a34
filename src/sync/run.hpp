// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "config/project.hpp"
#include "http/transport.hpp"
#include "record/report.hpp"
#include "sql/connection.hpp"

namespace syncline::sync {

/// Everything outside that a run touches.
struct Worlds {
  base::Clock& clock;
  base::Random& random;
  std::function<base::Result<std::unique_ptr<http::Transport>>()> transport;  ///< a new one per account
  sql::Connection& connection;
  record::ProgressSink& progress;
  std::stop_token stop;  ///< Ctrl-C: the run ends between two transactions
  /// Another connection to the same database, for a source that is quicker than one; none: it is not to be had.
  std::function<base::Result<std::unique_ptr<sql::Connection>>()> another_connection = {};
};

/// What the user asked for.
struct RunOptions {
  std::vector<std::string> entities;     ///< empty: all
  std::optional<int> days;               ///< the last N days, from midnight in the connector's zone
  std::optional<base::Date> start, end;  ///< half-open, whole days in the connector's zone
  enum class Reach {
    Incremental,  ///< from the last complete checkpoint, at least the last seven days
    Full,         ///< everything, whatever the checkpoint says
  } reach = Reach::Incremental;
  enum class Ending { Commit, DryRun } ending = Ending::Commit;
  std::optional<int64_t> mass_delete_max;   ///< so many rows of an entity may be deleted at once; none: as many as can be believed
  std::chrono::milliseconds wait{600'000};  ///< a foreground run waits for the source this long at most
};

/// Syncs the entities in the order of their relations, one after the other; an entity whose parent failed is not begun. Errors of an entity
/// are in its report; an Error is returned only when no run could begin (unknown entity, our tables are missing, the database is down).
base::Result<record::RunReport> run(const config::Project& project, const Worlds& worlds, const RunOptions& options);

/// Tries the rejects of a run again, with today's mapping, as a run of its own: those that land leave sync_reject, those that fail stay
/// with their new reason. A record that would take its row back in time stays, too, marked `superseded`. Errors as `run`.
base::Result<record::RunReport> retry(const config::Project& project, const Worlds& worlds, int64_t retried);

}  // namespace syncline::sync
