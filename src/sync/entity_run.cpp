// SPDX-License-Identifier: Apache-2.0
#include "sync/entity_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "sync/binding.hpp"
#include "sync/delete_missing.hpp"
#include "sync/distinct_keys.hpp"
#include "sync/entity/entity_task.hpp"
#include "sync/entity/further_passes.hpp"
#include "sync/entity/read_again.hpp"
#include "sync/entity/run_deletes.hpp"
#include "sync/entity/running_report.hpp"
#include "sync/entity/transfer.hpp"
#include "sync/sweep.hpp"
#include "sync/window.hpp"

namespace syncline::sync {
namespace {

/// For an entity that does not say how often.
constexpr int PassesForDeletesMax = 4;

/// One entity on its way: the steps of run_entity, with what they share.
class EntityRun {
 public:
  explicit EntityRun(const EntityTask& task) : task_(task), report_(task) {}

  record::EntityReport run() {
    if (auto done = sync(); !done) report_.fail(std::move(done).error());
    record::EntityReport report = report_.end();
    if (lease_) task_.store.release_lease(*lease_);
    return report;
  }

 private:
  base::Result<void> sync() {
    // The entity before may have lost it.
    TRY(task_.store.connection().reconnect());
    Binding binding = TRY(
        read_again_if_lost(task_.store.connection(), [&] { return bind_to_table(task_.store.connection(), task_.project, task_.entity); }));
    if (task_.commits()) lease_ = TRY(task_.store.take_lease(task_.entity.account + "/" + task_.entity.name, task_.run));
    // Read under the lease: nobody else moves it any more.
    before_ = TRY(read_again_if_lost(task_.store.connection(), [&] { return read_checkpoint(); }));
    const config::Stream& stream = this->stream();
    const WindowPlan plan = TRY(plan_window(task_.options, stream, task_.entity, before_, task_.worlds.clock.now(), zone()));
    TRY(report_.begin(plan));
    RunDeletes deletes(task_, report_);
    TRY(deletes.open(binding.target, lease(), plan));
    Transfer transfer(task_, stream, std::move(binding), lease(), before_, deletes, report_);
    const SweepProgress::End end = TRY(read(stream, plan, transfer, deletes));
    if (ElementDeletes* elements = deletes.elements()) TRY(end_elements(*elements, end, transfer));
    TRY(transfer.complete(end));
    return deletes.missing() && end.complete ? deletes.delete_missing() : base::Result<void>();
  }

  base::Result<state::Checkpoint> read_checkpoint() {
    state::Store& store = task_.store;
    const config::Entity& entity = task_.entity;
    if (!TRY(store.connection().describe(store.names().in_catalog("sync_checkpoint"))))
      return state::Checkpoint{entity.name, entity.account, entity.stream, "", false, {}};
    return store.read_checkpoint(entity.name, entity.account, entity.stream);
  }

  /// Once; where rows are missing, or the entity says so, as often as it takes to be sure of what is there.
  base::Result<SweepProgress::End> read(const config::Stream& stream, const WindowPlan& plan, Transfer& transfer, RunDeletes& deletes) {
    const bool repeats = task_.entity.passes > 1 && stream.is_paged_by_number();
    DistinctKeys came;  // in all passes
    WindowPlan next = plan;
    const auto pass = [&]() -> base::Result<SweepProgress::End> {
      SweepProgress sweep(stream, zone(), next, before_, task_.run, repeats ? &came : nullptr);
      TRY(transfer.pass(next, sweep));
      next.resumes = false;  // what an earlier run has read is read again, too
      return sweep.end();
    };
    SweepProgress::End first = TRY(pass());
    DeleteMissing* missing = deletes.missing();
    if (!repeats && (!missing || !first.complete || !stream.is_paged_by_number())) return first;
    FurtherPasses further;
    further.passes_max = std::max(task_.entity.passes, missing ? PassesForDeletesMax : 1) + (plan.resumes ? 1 : 0);
    further.are_wanted = [&]() -> base::Result<bool> { return repeats || TRY(missing->missing()) > 0; };
    further.different = [&]() -> base::Result<int64_t> { return TRY(came.count()) + (missing ? TRY(missing->spoken()) : 0); };
    further.read_again = pass;
    const Passes passes = TRY(read_until_nothing_is_new(std::move(first), further));
    if (passes.changed_each_time) return passes.last.complete ? unproven(passes.read) : passes.last;
    if (repeats) {
      report_.note(fmt::format("weak pagination: read {} times until nothing new came", passes.read));
    } else if (passes.read > 1) {
      report_.note(fmt::format("weak pagination: read {} times to be sure of what is gone", passes.read));
    }
    return passes.last;
  }

  /// Where the records have lost more than can be believed, the next run reads them again.
  base::Result<void> end_elements(ElementDeletes& elements, SweepProgress::End end, Transfer& transfer) const {
    auto ended = elements.end();
    if (ended || ended.error().kind != base::ErrorKind::Guard) return ended;
    end.checkpoint = before_;
    end.checkpoint.sweep.reset();
    TRY(transfer.complete(end));
    return ended;
  }

  [[nodiscard]] SweepProgress::End unproven(int passes) const {
    SweepProgress::End end{before_, false, fmt::format("weak pagination: the list was read {} times and changed each time", passes)};
    end.checkpoint.sweep.reset();
    return end;
  }

  [[nodiscard]] const config::Stream& stream() const {
    const config::Stream* stream = task_.source.account.connector.stream(task_.entity.stream);
    base::check(stream != nullptr, "an entity's stream was checked when the project was read");
    return *stream;
  }
  [[nodiscard]] const base::Zone& zone() const { return task_.source.account.connector.zone; }
  /// A dry run has none, and commits nothing that would prove it.
  [[nodiscard]] state::Lease lease() const { return lease_.value_or(state::Lease{}); }

  const EntityTask task_;
  RunningReport report_;
  std::optional<state::Lease> lease_;
  state::Checkpoint before_;  ///< as it was when this run took the lease
};

}  // namespace

record::EntityReport run_entity(const config::Project& project, const config::Entity& entity, Source& source, state::Store& store,
                                const Worlds& worlds, const RunOptions& options, int64_t run) {
  return EntityRun({project, entity, source, store, worlds, options, run}).run();
}

std::string_view status_of(int exit_code) {
  if (exit_code == base::exit_code::Ok) return "ok";
  if (exit_code == base::exit_code::Rejected) return "rejected";
  return exit_code == base::exit_code::Incomplete ? "incomplete" : "failed";
}

}  // namespace syncline::sync
