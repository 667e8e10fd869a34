// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.hpp"
#include "context.hpp"
#include "output.hpp"
#include "schema/migrations.hpp"
#include "schema/plan.hpp"
#include "state/store.hpp"

namespace syncline::apps {
namespace {

/// What one `plan` found and did.
struct Outcome {
  schema::Plan plan;
  std::string saved;
  std::vector<std::string> pending;  ///< files that do some of it, once they are applied
};

void print_text(const Outcome& outcome) {
  const schema::Plan& plan = outcome.plan;
  for (const schema::SchemaChange& change : plan.changes) fmt::print("-- {}\n{}\n\n", change.what, change.sql);
  for (const std::string& warning : plan.warnings) fmt::print("warning: {}\n\n", warning);
  for (const std::string& name : outcome.pending) fmt::print("migrations/{} is not applied yet; `syncline migrate` applies it\n", name);
  if (plan.changes.empty() && outcome.pending.empty()) {
    fmt::print("nothing to do: your tables and ours are as planned\n");
  } else if (!outcome.saved.empty()) {
    fmt::print("saved as migrations/{}; `syncline migrate` applies it\n", outcome.saved);
  } else if (!plan.changes.empty()) {
    fmt::print("{}\n", plan.changes.size() == 1
                           ? "1 change; `syncline migrate` saves and applies it"
                           : fmt::format("{} changes; `syncline migrate` saves and applies them", plan.changes.size()));
  }
}

void print_document(const Outcome& outcome) {
  Json changes = Json::array();
  for (const schema::SchemaChange& change : outcome.plan.changes) changes.push_back({{"what", change.what}, {"sql", change.sql}});
  print_json({{"changes", changes}, {"warnings", outcome.plan.warnings}, {"pending", outcome.pending}, {"saved", outcome.saved}});
}

/// Saves what no file does yet: two files with the same changes would stop the second one for good.
base::Result<void> save(state::Store& store, const std::filesystem::path& folder, Outcome& outcome) {
  const auto migrations = TRY(schema::read_migrations(folder));
  const auto pending = TRY(schema::pending(store, migrations));
  outcome.pending = schema::take_out_pending(outcome.plan, pending, store.connection().dialect());
  if (!outcome.plan.changes.empty()) outcome.saved = TRY(schema::save_plan(store, folder, outcome.plan)).name;
  return {};
}

base::Result<int> run(const CommonOptions& common, const PlanOptions& options) {
  const config::Project project = TRY(open_project(common));
  const auto connection = TRY(open_database(project, sql::ConnectOptions::Access::Read));
  auto planned = schema::make_plan(*connection, project);
  if (!planned) return base::fail(with_database_advice(planned.error(), project));
  Outcome outcome{*std::move(planned), {}, {}};
  const bool differs = !outcome.plan.changes.empty();
  state::Store store(*connection, project.tables_prefix);
  if (options.action == PlanOptions::Action::Write) TRY(save(store, project.folder / "migrations", outcome));
  common.output == CommonOptions::Output::Json ? print_document(outcome) : print_text(outcome);
  return options.action == PlanOptions::Action::Check && differs ? base::exit_code::Drift : base::exit_code::Ok;
}

}  // namespace

int plan(const CommonOptions& common, const PlanOptions& options) {
  const auto code = run(common, options);
  return code ? *code : print_error(common, code.error());
}

}  // namespace syncline::apps
