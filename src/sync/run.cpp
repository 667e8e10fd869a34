// SPDX-License-Identifier: Apache-2.0
#include "sync/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "state/complete.hpp"
#include "state/store.hpp"
#include "sync/entity_run.hpp"
#include "sync/fetch.hpp"
#include "sync/order.hpp"
#include "sync/waiting.hpp"

namespace syncline::sync {
namespace {

/// Progress comes from the fetch thread (waits) and the write thread (counts); a sink is promised one call at a time.
class OneAtATime final : public record::ProgressSink {
 public:
  explicit OneAtATime(record::ProgressSink& sink) : sink_(sink) {}
  void report(const record::ProgressEvent& event) override {
    std::lock_guard lock(mutex_);
    sink_.report(event);
  }

 private:
  std::mutex mutex_;
  record::ProgressSink& sink_;
};

record::EntityReport not_begun(const config::Entity& entity, int exit_code, std::string why) {
  record::EntityReport report;
  report.entity = entity.name;
  report.stream = entity.stream;
  report.account = entity.account;
  report.exit_code = exit_code;
  report.note = std::move(why);
  return report;
}

/// An entity of one account.
using Failed = std::set<std::pair<std::string, std::string>>;

/// The first parent of this entity, in this run, whose rows may be missing; "" if there is none. Rejects of a parent are no reason to wait,
/// nor is what happened to another account where the parent has this one, too.
std::string failed_parent(const config::Project& project, const config::Entity& entity, const Failed& failed) {
  for (const config::Relation& relation : entity.relations) {
    const bool same_account = std::any_of(project.entities.begin(), project.entities.end(), [&](const config::Entity& parent) {
      return parent.name == relation.entity && parent.account == entity.account;
    });
    const bool missing = std::any_of(failed.begin(), failed.end(), [&](const auto& one) {
      return one.first == relation.entity && (!same_account || one.second == entity.account);
    });
    if (missing) return relation.entity;
  }
  return "";
}

/// Whether two entities have one name: the log keeps a row for each account then.
bool has_several_accounts(const config::Project& project) {
  std::set<std::string> names;
  return !std::all_of(project.entities.begin(), project.entities.end(),
                      [&](const config::Entity& entity) { return names.insert(entity.name).second; });
}

base::Result<void> check_log_key(state::Store& store, const config::Project& project) {
  if (!has_several_accounts(project)) return {};
  const auto log = TRY(store.connection().describe(store.names().in_catalog("sync_log")));
  if (!log || log->has_unique({"run", "entity", "account"})) return {};
  return base::fail({base::ErrorKind::ContractDrift,
                     base::Side::Database,
                     "an earlier version has made our tables, for one account of an entity: run `syncline plan` to see what changes, then "
                     "`syncline migrate`",
                     "not_migrated",
                     "",
                     {}});
}

}  // namespace

base::Result<bool> may_be_null(sql::Connection& connection, const config::Entity& entity, const config::Relation& relation) {
  const auto table = TRY(connection.describe(entity.table));
  const record::Column* column = table ? table->column(relation.column) : nullptr;
  return !column || column->nullable;  // what is not there is told of when the entity is bound to its table
}

base::Result<record::RunReport> run(const config::Project& project, const Worlds& worlds, const RunOptions& options) {
  const std::vector<Step> steps =
      TRY(ordered_entities(project, options.entities, [&](const config::Entity& entity, const config::Relation& relation) {
        return may_be_null(worlds.connection, entity, relation);
      }));
  std::deque<config::Entity> entities;
  for (const Step& step : steps) entities.push_back(step.at_first());
  OneAtATime progress(worlds.progress);
  const Worlds run_worlds{worlds.clock, worlds.random, worlds.transport,         worlds.connection,
                          progress,     worlds.stop,   worlds.another_connection};
  state::Store store(worlds.connection, project.tables_prefix);
  record::RunReport report;
  report.started_at = worlds.clock.now();
  if (options.ending == RunOptions::Ending::Commit) {
    TRY(state::check_complete(worlds.connection, store.names()));
    TRY(check_log_key(store, project));
    report.run = TRY(store.next_run());
  }

  const auto leave_out = [&](const config::Entity& entity, int exit_code, std::string_view why) {
    report.entities.push_back(not_begun(entity, exit_code, fmt::format("not begun: {}", why)));
    // That it was left out is in the report; a database that cannot take this row has been told of by the entity before.
    if (report.run > 0) (void)store.log_unbegun(report.run, report.entities.back(), status_of(report.entities.back().exit_code));
  };
  std::map<std::string, std::unique_ptr<Source>> sources;
  const auto source_of = [&](const std::string& account) -> base::Result<Source*> {
    auto& source = sources[account];
    if (!source) source = TRY(open_source(*project.account(account), run_worlds, options.wait));
    return source.get();
  };
  Failed failed;
  for (const config::Entity& entity : entities) {
    if (const std::string parent = failed_parent(project, entity, failed); !parent.empty()) {
      leave_out(entity, base::exit_code::Incomplete, fmt::format("`{}` did not finish, and its rows are needed", parent));
    } else if (worlds.stop.stop_requested()) {
      leave_out(entity, base::exit_code::Incomplete, "the run was stopped");
    } else {
      const auto source = source_of(entity.account);
      if (source) {
        report.entities.push_back(run_entity(project, entity, **source, store, run_worlds, options, report.run));
      } else {
        leave_out(entity, base::exit_code_of(source.error()), source.error().message);
      }
    }
    const int code = report.entities.back().exit_code;
    // Where the sweep was complete every row is there: that rows were not deleted keeps no child waiting.
    const bool finished = code == base::exit_code::Ok || code == base::exit_code::Rejected || report.entities.back().complete;
    if (!finished) failed.insert({entity.name, entity.account});
  }
  if (options.ending == RunOptions::Ending::Commit) end_with_waiting(project, steps, store, run_worlds, report);
  for (const record::EntityReport& entity : report.entities) report.exit_code = base::worse_exit_code(report.exit_code, entity.exit_code);
  report.completed_at = worlds.clock.now();
  report.status = status_of(report.exit_code);
  return report;
}

}  // namespace syncline::sync
