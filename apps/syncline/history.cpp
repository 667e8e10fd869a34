// SPDX-License-Identifier: Apache-2.0
#include "history.hpp"

#include <fmt/format.h>

#include "context.hpp"
#include "output.hpp"
#include "state/complete.hpp"

namespace syncline::apps {

base::Result<History> open_history(const CommonOptions& common) {
  const config::Project project = TRY(open_project(common));
  History out;
  out.connection = TRY(open_database(project, sql::ConnectOptions::Access::Read));
  out.store = std::make_unique<state::Store>(*out.connection, project.tables_prefix);
  if (TRY(out.connection->describe(out.store->names().in_catalog("sync_log")))) {
    TRY(state::check_complete(*out.connection, out.store->names()));
    return out;
  }
  return base::fail({base::ErrorKind::ContractDrift,
                     base::Side::Database,
                     "the database has no table of ours yet, so there is no history: `syncline migrate` makes them",
                     "not_migrated",
                     "",
                     {}});
}

base::Result<void> check_run(state::Store& store, int64_t run) {
  if (!TRY(store.read_log(run, 1)).empty()) return {};
  base::Error error = usage_error(fmt::format("there is no run {} in the log; `syncline log` shows those there are", run));
  error.code = "no_such_run";
  return base::fail(std::move(error));
}

}  // namespace syncline::apps
