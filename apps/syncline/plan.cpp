// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.hpp"
#include "context.hpp"
#include "output.hpp"
#include "schema/migrations.hpp"
#include "schema/plan.hpp"

namespace syncline::apps {
namespace {

void print_text(const schema::Plan& plan, const std::string& saved) {
  for (const schema::SchemaChange& change : plan.changes) fmt::print("-- {}\n{}\n\n", change.what, change.sql);
  if (plan.changes.empty()) {
    fmt::print("nothing to do: your tables and ours are as planned\n");
  } else if (!saved.empty()) {
    fmt::print("saved as migrations/{}; `syncline migrate` applies it\n", saved);
  } else {
    fmt::print("{} changes; `syncline migrate` saves and applies them\n", plan.changes.size());
  }
}

void print_changes(const schema::Plan& plan, const std::string& saved) {
  Json changes = Json::array();
  for (const schema::SchemaChange& change : plan.changes) changes.push_back({{"what", change.what}, {"sql", change.sql}});
  print_json({{"changes", changes}, {"saved", saved}});
}

base::Result<int> run(const CommonOptions& common, const PlanOptions& options) {
  const config::Project project = TRY(open_project(common));
  const auto connection = TRY(open_database(project));
  const auto planned = schema::make_plan(*connection, project);
  if (!planned) return base::fail(with_database_advice(planned.error(), project));
  const schema::Plan& plan = *planned;
  std::string saved;
  if (options.action == PlanOptions::Action::Write && !plan.changes.empty())
    saved = TRY(schema::save_plan(project.folder / "migrations", plan, connection->dialect())).name;
  common.output == CommonOptions::Output::Json ? print_changes(plan, saved) : print_text(plan, saved);
  return options.action == PlanOptions::Action::Check && !plan.changes.empty() ? base::exit_code::Drift : base::exit_code::Ok;
}

}  // namespace

int plan(const CommonOptions& common, const PlanOptions& options) {
  const auto code = run(common, options);
  return code ? *code : print_error(common, code.error());
}

}  // namespace syncline::apps
