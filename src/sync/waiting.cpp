// SPDX-License-Identifier: Apache-2.0
#include "sync/waiting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "load/cell_text.hpp"
#include "sync/entity_run.hpp"
#include "sync/replay.hpp"

namespace syncline::sync {
namespace {

using state::WaitingRow;

constexpr int64_t EntriesMax = 500;
/// Each round brings one more generation of a tree that came leaves first; what is deeper goes on in the next run.
constexpr int RoundsMax = 100;

/// One entity whose rows may wait.
struct Entry {
  const Step* step = nullptr;
  record::EntityReport* report = nullptr;
};

bool may_be_tried(const record::EntityReport& report) {
  return report.transactions > 0 && (report.exit_code == base::exit_code::Ok || report.exit_code == base::exit_code::Rejected ||
                                     report.exit_code == base::exit_code::Incomplete);
}

void add_to_note(record::EntityReport& report, const std::string& phrase) { report.note += (report.note.empty() ? "" : "; ") + phrase; }

/// The steps of end_with_waiting, with what they share.
class End {
 public:
  End(const config::Project& project, state::Store& store, const Worlds& worlds, int64_t run)
      : project_(project), store_(store), worlds_(worlds), run_(run) {}

  void try_all(const std::vector<Entry>& entries) {
    // Rows of these entities have left in the round before: who waits for them is tried again.
    std::set<std::string> moved;
    for (int round = 0; round == 0 || (!moved.empty() && round < RoundsMax); ++round) {
      std::set<std::string> moves;
      for (const Entry& entry : entries) {
        if (round > 0 && !waits_for_any(entry, moved)) continue;
        if (try_one(entry, entry.step->at_first())) moves.insert(entry.step->entity->name);
      }
      moved = std::move(moves);
    }
    for (const Entry& entry : entries) {
      const auto& relations = entry.step->entity->relations;
      for (size_t i = 0; i < relations.size(); ++i) {
        if (!entry.step->later[i] || relations[i].missing != config::Relation::Missing::Reject) continue;
        try_one(entry, entry.step->at_last());
        break;
      }
    }
  }

  void sum_up(const Entry& entry) {
    record::EntityReport& report = *entry.report;
    const auto rows = store_.sum_waiting(report.entity, report.account, WaitingRow::Kind::Row);
    const auto links = store_.sum_waiting(report.entity, report.account, WaitingRow::Kind::Link);
    const bool said = (rows && rows->rows > 0) || (links && links->rows > 0);
    if (!said && !touched_) return;
    if (rows && rows->rows > 0) {
      add_to_note(report, fmt::format("{} {} for a row that is not there: {}; each `syncline sync` tries again",
                                      base::with_thousands(rows->rows), rows->rows == 1 ? "row waits" : "rows wait", enumerated(*rows)));
      report.exit_code = base::worse_exit_code(report.exit_code, base::exit_code::Incomplete);
    }
    if (links && links->rows > 0) {
      add_to_note(report, fmt::format("{} {} null until a row comes: {}; each `syncline sync` looks again",
                                      base::with_thousands(links->rows), links->rows == 1 ? "link is" : "links are", enumerated(*links)));
    }
    if (report.rejects() > 0) {
      report.exit_code = base::worse_exit_code(report.exit_code, base::exit_code::Rejected);
      sum_rejects(report);
    }
    if (auto ended = store_.end_log(run_, report, status_of(report.exit_code)); !ended) fail(report, ended.error());
  }

  bool touched_ = false;

 private:
  static bool waits_for_any(const Entry& entry, const std::set<std::string>& parents) {
    const auto& relations = entry.step->entity->relations;
    return std::any_of(relations.begin(), relations.end(),
                       [&](const config::Relation& relation) { return parents.contains(relation.entity); });
  }

  static std::string enumerated(const state::WaitingSum& sum) {
    std::vector<std::string> shown;
    int64_t told = 0;
    for (const auto& what : sum.most) {
      shown.push_back(fmt::format("`{}` to {}{}", what.field, what.looked_for, what.rows > 1 ? fmt::format(" ({} rows)", what.rows) : ""));
      told += what.rows;
    }
    if (told < sum.rows) shown.emplace_back("…");
    return base::joined(shown, ", ");
  }

  /// Some of the rejects have been met since they were summed.
  void sum_rejects(record::EntityReport& report) {
    const auto sums = store_.sum_rejects(run_, report.entity, report.account);
    if (!sums) return;
    std::erase_if(report.errors, [&](const record::ErrorSummary& error) {
      return std::any_of(sums->begin(), sums->end(), [&](const record::ErrorSummary& sum) { return sum.code == error.code; });
    });
    report.errors.insert(report.errors.end(), sums->begin(), sums->end());
  }

  static void fail(record::EntityReport& report, const base::Error& error) {
    report.exit_code = base::worse_exit_code(report.exit_code, base::exit_code_of(error));
    report.errors.push_back({error.code.empty() ? std::string(name_of(error.kind)) : error.code, base::redact(error.message), "", 1});
  }

  /// Whether rows have left.
  bool try_one(const Entry& entry, const config::Entity& entity) {
    if (!may_be_tried(*entry.report) || worlds_.stop.stop_requested()) return false;
    const auto moved = replay(entity, *entry.report);
    if (moved) return *moved;
    // Another run has taken over: it tries them.
    if (moved.error().kind == base::ErrorKind::Busy) {
      add_to_note(*entry.report, moved.error().message);
    } else {
      fail(*entry.report, moved.error());
    }
    return false;
  }

  base::Result<int64_t> count(const config::Entity& entity) {
    return TRY(store_.sum_waiting(entity.name, entity.account, WaitingRow::Kind::Row)).rows +
           TRY(store_.sum_waiting(entity.name, entity.account, WaitingRow::Kind::Link)).rows;
  }

  base::Result<bool> replay(const config::Entity& entity, record::EntityReport& report) {
    TRY(store_.connection().reconnect());
    const int64_t before = TRY(count(entity));
    if (before == 0) return false;
    Replayer replayer(project_, entity, store_, worlds_, run_);
    TRY(replayer.open());
    touched_ = true;
    for (const auto kind : {WaitingRow::Kind::Row, WaitingRow::Kind::Link}) {
      std::string after;
      while (!worlds_.stop.stop_requested()) {
        const auto entries = TRY(store_.list_waiting(entity.name, entity.account, kind, after, EntriesMax));
        if (entries.empty()) break;
        after = entries.back().key;
        TRY(write(replayer, entries, report));
      }
    }
    return TRY(count(entity)) < before;
  }

  base::Result<void> write(Replayer& replayer, const std::vector<WaitingRow>& entries, record::EntityReport& report) {
    ReplayBatch batch;
    load::Replay replay;
    replay.counting = entries[0].kind == WaitingRow::Kind::Link ? load::Replay::Counting::Links : load::Replay::Counting::Rows;
    replay.take_out = [&]() -> base::Result<void> {
      for (const WaitingRow& entry : entries) TRY(store_.remove_waiting(entry.entity, entry.account, entry.key));
      return {};
    };
    for (const WaitingRow& entry : entries) {
      replay.since[entry.key] = entry.since;
      if (entry.kind == WaitingRow::Kind::Row && entry.run == run_) {
        --batch.counters.rows;
        --batch.counters.waiting;
      }
      TRY(add(replayer, entry, batch));
    }
    return replayer.write(batch, replay, report);
  }

  /// The entry's own row; what else its record has made has landed, or waits by its own key. One that today's mapping makes no row of, and
  /// does not filter out, must not vanish: it becomes a reject.
  base::Result<void> add(Replayer& replayer, const WaitingRow& entry, ReplayBatch& batch) {
    Mapped& part = replayer.map(batch, entry.payload);
    if (part.counters.filtered > 0) return {};
    for (size_t i = 0; i < part.rows.size(); ++i) {
      const record::Cell& key = part.rows.row(i)[0];
      if (load::text_of(key) != entry.key) continue;
      // The row of a link has been deleted since: the link went with it.
      if (entry.kind == WaitingRow::Kind::Row || TRY(replayer.is_there(key))) batch.take_row(i);
      return {};
    }
    batch.rejects.push_back(reject_of(entry, part));
    ++batch.counters.rows;
    ++batch.counters.rejected;
    return {};
  }

  static record::Reject reject_of(const WaitingRow& entry, const Mapped& part) {
    const auto own = std::find_if(part.rejects.begin(), part.rejects.end(),
                                  [&](const record::Reject& reject) { return part.rejects.size() == 1 || reject.key == entry.key; });
    record::Reject out{"map", entry.key,    "", "no_such_row", "the mapping makes no row of this key any more of the record that waited",
                       "",    entry.payload};
    if (own != part.rejects.end()) out = *own;
    out.key = entry.key;
    return out;
  }

  const config::Project& project_;
  state::Store& store_;
  const Worlds& worlds_;
  const int64_t run_;
};

}  // namespace

void end_with_waiting(const config::Project& project, const std::vector<Step>& steps, state::Store& store, const Worlds& worlds,
                      record::RunReport& report) {
  std::vector<Entry> entries;
  for (const Step& step : steps) {
    for (record::EntityReport& entity : report.entities) {
      if (entity.entity == step.entity->name && entity.account == step.entity->account && entity.transactions > 0)
        entries.push_back({&step, &entity});
    }
  }
  End end(project, store, worlds, report.run);
  end.try_all(entries);
  for (const Entry& entry : entries) end.sum_up(entry);
}

}  // namespace syncline::sync
