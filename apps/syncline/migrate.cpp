// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.hpp"
#include "commands.hpp"
#include "context.hpp"
#include "output.hpp"
#include "schema/grants.hpp"
#include "schema/migrations.hpp"
#include "schema/plan.hpp"
#include "state/store.hpp"

namespace syncline::apps {
namespace {

/// What one `migrate` did.
struct Outcome {
  std::vector<std::string> applied;
  std::string saved;
  size_t changes = 0;
  std::vector<std::string> grants, warnings;
};

base::Result<void> apply_pending(state::Store& store, const std::filesystem::path& folder, Outcome& outcome) {
  const auto migrations = TRY(schema::read_migrations(folder));
  for (const schema::Migration& migration : TRY(schema::pending(store, migrations))) {
    if (TRY(schema::apply(store, migration))) outcome.applied.push_back(migration.name);
  }
  return {};
}

/// The catalog is read once more: what was planned must be there now. Returns what there is to warn of.
base::Result<std::vector<std::string>> prove(sql::Connection& connection, const config::Project& project) {
  schema::Plan left = TRY(schema::make_plan(connection, project));
  if (left.changes.empty()) return std::move(left.warnings);
  return base::fail({base::ErrorKind::ContractDrift,
                     base::Side::Database,
                     fmt::format("after the migration the database still lacks: {}", left.changes.front().what),
                     "not_as_planned",
                     "",
                     {}});
}

/// Another migrator may have planned the same in the same moment: with the database to ourselves we look again. False where that one has
/// saved a file meanwhile, which comes first.
base::Result<bool> save_what_lacks(state::Store& store, const config::Project& project, const std::filesystem::path& folder,
                                   Outcome& outcome) {
  TRY(schema::begin_alone(store));
  const auto saved = [&]() -> base::Result<bool> {
    const auto migrations = TRY(schema::read_migrations(folder));
    if (!TRY(schema::pending(store, migrations)).empty()) return false;
    const schema::Plan plan = TRY(schema::make_plan(store.connection(), project));
    if (plan.changes.empty()) return true;
    outcome.changes = plan.changes.size();
    outcome.saved = TRY(schema::save_plan(store, folder, plan)).name;
    return true;
  }();
  store.connection().rollback();
  return saved;
}

base::Result<Outcome> run(const config::Project& project, sql::Connection& connection) {
  const std::filesystem::path folder = project.folder / "migrations";
  state::Store store(connection, project.tables_prefix);
  Outcome outcome;
  // Files come first: they may have been written for another database of the same project.
  TRY(apply_pending(store, folder, outcome));
  while (!TRY(schema::make_plan(connection, project)).changes.empty()) {
    const bool saved = TRY(save_what_lacks(store, project, folder, outcome));
    TRY(apply_pending(store, folder, outcome));
    if (saved) break;
  }
  outcome.warnings = TRY(prove(connection, project));
  outcome.grants = TRY(schema::grants(connection, project));
  return outcome;
}

void print(const CommonOptions& common, const Outcome& outcome) {
  if (common.output == CommonOptions::Output::Json) {
    print_json({{"applied", outcome.applied}, {"saved", outcome.saved}, {"grants", outcome.grants}, {"warnings", outcome.warnings}});
    return;
  }
  if (!outcome.saved.empty())
    fmt::print("saved      migrations/{} ({} {})\n", outcome.saved, outcome.changes, outcome.changes == 1 ? "change" : "changes");
  for (const std::string& name : outcome.applied) fmt::print("applied    {}\n", name);
  fmt::print("{}\n", outcome.applied.empty() ? "nothing to do: your tables and ours are as planned"
                                             : "proven     every planned column, table and index is there");
  for (const std::string& warning : outcome.warnings) fmt::print("warning    {}\n", warning);
  // Also where nothing was left to do: a mapping may need another right without needing another column.
  if (!outcome.grants.empty()) fmt::print("\na role that only syncs needs:\n  {}\n", base::joined(outcome.grants, "\n  "));
}

}  // namespace

int migrate(const CommonOptions& common) {
  const auto project = open_project(common);
  if (!project) return print_error(common, project.error());
  const auto connection = open_database(*project, sql::ConnectOptions::Access::Write);
  if (!connection) return print_error(common, connection.error());
  const auto outcome = run(*project, **connection);
  if (!outcome) return print_error(common, with_database_advice(outcome.error(), *project));
  print(common, *outcome);
  return base::exit_code::Ok;
}

}  // namespace syncline::apps
