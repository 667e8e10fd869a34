// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/run_deletes.hpp"

#include <fmt/format.h>

#include <string>

#include "base/text.hpp"
#include "sync/entity/read_again.hpp"

namespace syncline::sync {

base::Result<void> RunDeletes::open(const load::Target& target, const state::Lease& lease, const WindowPlan& plan) {
  if (task_.entity.deletes.kind == config::Deletes::Kind::Ignore) return {};
  lease_ = lease;
  target_ = target;
  deletes_.emplace(task_.store, task_.entity, *target_, lease_, task_.worlds.clock);
  TRY(read_again_if_lost(task_.store.connection(), [&] { return deletes_->check(); }));
  const record::ColumnType key_type = target_->columns[0].column.type;
  if (is_within()) {
    elements_.emplace(task_, report_, *deletes_, key_type, plan.window.bounded() ? Reading::Changed : Reading::All);
    return {};
  }
  if (!may_show_missing(plan)) return {};
  missing_.emplace(*deletes_, key_type);
  return missing_->look();
}

/// Only a sweep of the whole stream, read by this very run, can show that a record is gone.
bool RunDeletes::may_show_missing(const WindowPlan& plan) {
  const RunOptions& options = task_.options;
  const bool dates = options.days || options.start || options.end;
  if (dates || plan.window.bounded()) {
    if (options.reach == RunOptions::Reach::Full && task_.entity.start)
      report_.note("nothing is deleted: with `start:` older records are not read");
    return false;
  }
  if (plan.resumes) report_.note("nothing is deleted: an earlier run has read the first part of this sweep");
  return !plan.resumes;
}

void RunDeletes::hear(transform::SpokenKeys& spoken) {
  if (!missing_) return;
  missing_->add(spoken);
  spoken = {};
}

base::Result<void> RunDeletes::delete_missing() {
  record::EntityReport& report = report_.so_far();
  const int64_t gone = TRY(missing_->missing());
  if (gone > 0 && missing_->untold() > 0) {
    report_.note(fmt::format("nothing is deleted: the key of {} records could not be told, and the {} missing rows may be theirs",
                             base::with_thousands(missing_->untold()), base::with_thousands(gone)));
    return {};
  }
  if (std::string objection = mass_delete_objection(task_.entity, gone, missing_->there(), task_.options.mass_delete_max);
      !objection.empty())
    return base::fail({base::ErrorKind::Guard, base::Side::Source, std::move(objection), "mass_delete", "", {}});
  if (!task_.commits()) {
    report.counters.deleted += gone;
    return {};
  }
  if (gone > 0) TRY(missing_->remove(task_.run, report, task_.worlds.stop));
  return drop_waiting();
}

/// A record that waits and is gone at the source must not land later. A list without any record proves that of none, however complete.
base::Result<void> RunDeletes::drop_waiting() {
  if (missing_->untold() > 0 || (TRY(missing_->spoken()) == 0 && !task_.options.mass_delete_max)) return {};
  const int64_t dropped = TRY(missing_->drop_waiting(task_.store, task_.entity, lease_));
  if (dropped > 0)
    report_.note(fmt::format("{} that waited {} dropped: gone at the source",
                             dropped == 1 ? "1 row" : base::with_thousands(dropped) + " rows", dropped == 1 ? "is" : "are"));
  return {};
}

}  // namespace syncline::sync
