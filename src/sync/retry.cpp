// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "load/cell_text.hpp"
#include "state/complete.hpp"
#include "sync/entity_run.hpp"
#include "sync/order.hpp"
#include "sync/replay.hpp"
#include "sync/run.hpp"
#include "sync/waiting.hpp"

namespace syncline::sync {
namespace {

using state::StoredReject;

constexpr int64_t EntriesMax = 200;

/// The rejects of one transaction.
struct Chunk {
  ReplayBatch batch;
  std::vector<int64_t> ids;
  std::map<int64_t, record::Reject> stay;        ///< known before the database is asked
  std::map<std::string, int64_t> reject_of_key;  ///< which reject a row was made of
};

/// One entity's rejects of a run on their second way.
class EntityRetry {
 public:
  EntityRetry(const config::Project& project, const Step& step, state::Store& store, const Worlds& worlds, int64_t run, int64_t retried)
      : step_(step), store_(store), worlds_(worlds), run_(run), retried_(retried), replayer_(project, step.at_first(), store, worlds, run) {
    report_.entity = step.entity->name;
    report_.stream = step.entity->stream;
    report_.account = step.entity->account;
    report_.note = fmt::format("rejects of run {}", retried);
  }

  record::EntityReport run() {
    const auto started = worlds_.clock.steady();
    if (auto done = replay(); !done) fail(done.error());
    report_.took = std::chrono::duration_cast<std::chrono::milliseconds>(worlds_.clock.steady() - started);
    sum_up();
    return std::move(report_);
  }

 private:
  base::Result<void> replay() {
    TRY(replayer_.open());
    TRY(store_.begin_log(run_, report_));
    logged_ = true;
    int64_t after = 0;
    while (true) {
      if (worlds_.stop.stop_requested()) {
        return base::fail(
            {base::ErrorKind::Cancelled, base::Side::Us, "stopped; what is left is tried by the next `retry`", "stopped", "", {}});
      }
      const auto rejects = TRY(store_.read_rejects_of(retried_, step_.entity->name, step_.entity->account, after, EntriesMax));
      if (rejects.empty()) break;
      after = rejects.back().id;
      TRY(write(rejects));
    }
    report_.complete = true;
    return {};
  }

  base::Result<void> write(const std::vector<StoredReject>& rejects) {
    Chunk chunk;
    for (const StoredReject& reject : rejects) TRY(add(reject, chunk));
    load::Replay replay;
    replay.take_out = []() -> base::Result<void> { return {}; };
    replay.keep = [&](const std::vector<record::Reject>& failed) { return resolve(chunk, failed); };
    return replayer_.write(chunk.batch, replay, report_);
  }

  base::Result<void> add(const StoredReject& stored, Chunk& chunk) {
    chunk.ids.push_back(stored.id);
    record::Counters& counters = chunk.batch.counters;
    if (const std::string newer = TRY(store_.set_aside_after(stored)); !newer.empty()) {
      ++counters.fetched;
      ++counters.mapped;
      stay_superseded(stored, fmt::format("{} holds a newer record of this key", newer), chunk);
      return {};
    }
    Mapped& part = replayer_.map(chunk.batch, stored.reject.payload);
    counters.fetched += part.counters.fetched;
    counters.mapped += part.counters.mapped;
    counters.filtered += part.counters.filtered;
    counters.undecodable += part.counters.undecodable;
    const auto is_own = [&](std::string_view key) { return key == stored.reject.key; };
    const bool exact = any_row(part, is_own) ||
                       std::any_of(part.rejects.begin(), part.rejects.end(), [&](const record::Reject& r) { return is_own(r.key); });
    for (size_t i = 0; i < part.rows.size(); ++i) {
      const std::string key = load::text_of(part.rows.row(i)[0]);
      if (exact && !is_own(key)) continue;
      const std::string written = TRY(replayer_.written_since(part.rows.row(i), stored.created_at));
      if (!written.empty()) {
        // Another element of the record landed when this one was rejected.
        if (!exact) continue;
        stay_superseded(stored, fmt::format("its row was written at {}, when this record had been set aside already", written), chunk);
      } else if (chunk.reject_of_key.try_emplace(key, stored.id).second) {
        chunk.batch.take_row(i);
      } else {
        stay_superseded(stored, fmt::format("reject {} makes the same row", chunk.reject_of_key[key]), chunk);
      }
    }
    for (record::Reject& reject : part.rejects) {
      if (reject.stage != "decode" && exact && !is_own(reject.key)) continue;
      if (reject.stage != "decode") {
        ++counters.rows;
        ++counters.rejected;
      }
      chunk.stay.try_emplace(stored.id, std::move(reject));
    }
    return {};
  }

  template <class IsOwn>
  static bool any_row(const Mapped& part, const IsOwn& is_own) {
    for (size_t i = 0; i < part.rows.size(); ++i) {
      if (is_own(load::text_of(part.rows.row(i)[0]))) return true;
    }
    return false;
  }

  /// It must not take its row back in time, and is not lost either.
  static void stay_superseded(const StoredReject& stored, const std::string& why, Chunk& chunk) {
    record::Reject reject = stored.reject;
    reject.code = "superseded";
    reject.reason = why + ": to write it would go back in time";
    chunk.stay.try_emplace(stored.id, std::move(reject));
    ++chunk.batch.counters.rows;
    ++chunk.batch.counters.stale;
  }

  /// Part of the transaction: what has landed, or waits now, is no reject any more.
  base::Result<void> resolve(const Chunk& chunk, const std::vector<record::Reject>& failed) {
    std::map<int64_t, record::Reject> stay = chunk.stay;
    std::vector<record::Reject> others;
    for (const record::Reject& reject : failed) {
      const auto id = chunk.reject_of_key.find(reject.key);
      if (id != chunk.reject_of_key.end()) {
        stay.try_emplace(id->second, reject);
      } else {
        others.push_back(reject);
      }
    }
    for (const int64_t id : chunk.ids) {
      const auto reject = stay.find(id);
      TRY(reject == stay.end() ? store_.remove_reject(id) : store_.renew_reject(id, reject->second));
    }
    return store_.add_rejects(run_, step_.entity->name, report_.account, others);
  }

  void fail(const base::Error& error) {
    report_.exit_code = base::worse_exit_code(report_.exit_code, base::exit_code_of(error));
    report_.errors.push_back({error.code.empty() ? std::string(name_of(error.kind)) : error.code, base::redact(error.message), "", 1});
  }

  void sum_up() {
    const record::Counters& c = report_.counters;
    if (report_.rejects() > 0) report_.exit_code = base::worse_exit_code(report_.exit_code, base::exit_code::Rejected);
    if (auto sums = store_.sum_rejects(retried_, report_.entity, report_.account))
      report_.errors.insert(report_.errors.end(), sums->begin(), sums->end());
    record::EntityReport told = report_;
    if (c.waiting > 0) told.exit_code = base::worse_exit_code(told.exit_code, base::exit_code::Incomplete);
    const auto ended =
        logged_ ? store_.end_log(run_, told, status_of(told.exit_code)) : store_.log_unbegun(run_, told, status_of(told.exit_code));
    if (!ended && report_.exit_code == base::exit_code::Ok) fail(ended.error());
  }

  const Step& step_;
  state::Store& store_;
  const Worlds& worlds_;
  const int64_t run_, retried_;
  Replayer replayer_;
  record::EntityReport report_;
  bool logged_ = false;
};

record::EntityReport without_entity(const std::string& name, int64_t retried) {
  record::EntityReport report;
  report.entity = name;
  report.note = fmt::format("rejects of run {} stay: there is no entities/{}.yaml any more", retried, name);
  report.exit_code = base::exit_code::Rejected;
  return report;
}

}  // namespace

base::Result<record::RunReport> retry(const config::Project& project, const Worlds& worlds, int64_t retried) {
  const std::vector<Step> steps = TRY(ordered_entities(project, {}, [&](const config::Entity& entity, const config::Relation& relation) {
    return may_be_null(worlds.connection, entity, relation);
  }));
  state::Store store(worlds.connection, project.tables_prefix);
  TRY(state::check_complete(worlds.connection, store.names()));
  const std::vector<std::string> names = TRY(store.entities_with_rejects(retried));
  record::RunReport report;
  report.retried = retried;
  report.started_at = worlds.clock.now();
  if (!names.empty()) report.run = TRY(store.next_run());
  for (const std::string& name : names) {
    if (!project.entity(name)) report.entities.push_back(without_entity(name, retried));
  }
  for (const Step& step : steps) {
    if (std::find(names.begin(), names.end(), step.entity->name) == names.end()) continue;
    report.entities.push_back(EntityRetry(project, step, store, worlds, report.run, retried).run());
  }
  if (!names.empty()) end_with_waiting(project, steps, store, worlds, report);
  for (const record::EntityReport& entity : report.entities) report.exit_code = base::worse_exit_code(report.exit_code, entity.exit_code);
  report.completed_at = worlds.clock.now();
  report.status = status_of(report.exit_code);
  return report;
}

}  // namespace syncline::sync
