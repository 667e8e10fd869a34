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
  std::vector<std::string> pending;  ///< files that are not applied yet, ours and the user's
};

std::string not_applied(const std::string& name) {
  return fmt::format("migrations/{} is not applied yet; `syncline migrate` applies it", name);
}

std::string last_words(const Outcome& outcome) {
  const size_t changes = outcome.plan.changes.size();
  if (!outcome.saved.empty()) return fmt::format("saved as migrations/{}; `syncline migrate` applies it", outcome.saved);
  if (changes == 0) return outcome.pending.empty() ? "nothing to do: your tables and ours are as planned" : "";
  const std::string counted = changes == 1 ? "1 change" : fmt::format("{} changes", changes);
  if (outcome.pending.empty()) return fmt::format("{}; `syncline migrate` saves and applies {}", counted, changes == 1 ? "it" : "them");
  return fmt::format("{}; what is not in a file yet `syncline migrate` then saves and applies", counted);
}

void print_text(const Outcome& outcome) {
  const schema::Plan& plan = outcome.plan;
  for (const schema::SchemaChange& change : plan.changes) fmt::print("-- {}\n{}\n\n", change.what, change.sql);
  for (const std::string& warning : plan.warnings) fmt::print("warning: {}\n\n", warning);
  for (const std::string& name : outcome.pending) fmt::print("{}\n", not_applied(name));
  if (const std::string last = last_words(outcome); !last.empty()) fmt::print("{}\n", last);
}

void print_document(const Outcome& outcome) {
  Json changes = Json::array();
  for (const schema::SchemaChange& change : outcome.plan.changes) changes.push_back({{"what", change.what}, {"sql", change.sql}});
  print_json({{"changes", changes}, {"warnings", outcome.plan.warnings}, {"pending", outcome.pending}, {"saved", outcome.saved}});
}

/// What the database lacks may be what a file makes that is not applied yet.
base::Error with_pending(base::Error error, const std::vector<std::string>& pending) {
  for (const std::string& name : pending) error.message += "\n" + not_applied(name);
  return error;
}

/// Saves what no file does yet: two files with the same changes would stop the second one for good.
base::Result<void> save(state::Store& store, const std::filesystem::path& folder, const std::vector<schema::Migration>& pending,
                        Outcome& outcome) {
  schema::take_out_pending(outcome.plan, pending, store.connection().dialect());
  if (!outcome.plan.changes.empty()) outcome.saved = TRY(schema::save_plan(store, folder, outcome.plan)).name;
  return {};
}

base::Result<int> run(const CommonOptions& common, const PlanOptions& options) {
  const config::Project project = TRY(open_project(common));
  const auto connection = TRY(open_database(project, sql::ConnectOptions::Access::Read));
  const std::filesystem::path folder = project.folder / "migrations";
  state::Store store(*connection, project.tables_prefix);
  const auto migrations = TRY(schema::read_migrations(folder));
  const auto pending = TRY(schema::pending(store, migrations));
  Outcome outcome;
  for (const schema::Migration& migration : pending) outcome.pending.push_back(migration.name);
  auto planned = schema::make_plan(*connection, project);
  if (!planned) return base::fail(with_pending(with_database_advice(planned.error(), project), outcome.pending));
  outcome.plan = *std::move(planned);
  const bool differs = !outcome.plan.changes.empty() || !pending.empty();
  if (options.action == PlanOptions::Action::Write) TRY(save(store, folder, pending, outcome));
  common.output == CommonOptions::Output::Json ? print_document(outcome) : print_text(outcome);
  return options.action == PlanOptions::Action::Check && differs ? base::exit_code::Drift : base::exit_code::Ok;
}

}  // namespace

int plan(const CommonOptions& common, const PlanOptions& options) {
  const auto code = run(common, options);
  return code ? *code : print_error(common, code.error());
}

}  // namespace syncline::apps
