// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "extract/extract.hpp"
#include "extract/stored.hpp"
#include "load/writer.hpp"
#include "state/store.hpp"
#include "sync/binding.hpp"
#include "sync/entity/entity_task.hpp"
#include "sync/entity/page_group.hpp"
#include "sync/entity/run_deletes.hpp"
#include "sync/entity/running_report.hpp"
#include "sync/entity/write_lane.hpp"
#include "sync/sweep.hpp"
#include "sync/window.hpp"

namespace syncline::sync {

/// Takes a stream's records to their table: one thread reads pages and makes rows of them, and this one writes them, a group of
/// them in each transaction; where groups come quickly, in two lanes beside each other. Borrows the deletes and the report.
class Transfer {
 public:
  /// `before`: the checkpoint as it was when this run took the lease.
  Transfer(const EntityTask& task, const config::Stream& stream, Binding binding, state::Lease lease, state::Checkpoint before,
           RunDeletes& deletes, RunningReport& report);

  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  /// Reads the stream once, as planned, and writes what comes. What has been fetched lands, whatever the outcome.
  base::Result<void> pass(const WindowPlan& plan, SweepProgress& sweep);

  /// The sweep's last word, in a transaction of its own: only rows that have been judged let a cursor move.
  base::Result<void> complete(const SweepProgress::End& end);

 private:
  base::Result<void> read_and_write(const WindowPlan& plan, SweepProgress& sweep);
  [[nodiscard]] extract::ReadOptions read_options(const WindowPlan& plan, const SweepProgress& sweep) const;
  Fetched prepared(extract::Page page, SweepProgress& sweep);
  base::Result<void> take(Fetched& page, PageGroup& group);
  base::Result<void> write_what_ages(PageGroup& group);
  [[nodiscard]] bool is_behind() const;
  base::Result<void> settle();
  [[nodiscard]] bool may_use_lanes(const PageGroup& group);
  void give_to_lane(PageGroup group, WriteLane::Begin begin);
  base::Result<void> end_lane(size_t lane);
  base::Result<void> end_lanes();
  base::Result<void> write(PageGroup& group);
  base::Result<void> write_checkpoint(const std::optional<state::Checkpoint>& checkpoint);
  /// Guard where more than half of the rows were rejected.
  base::Result<void> look_at_rejects();
  base::Result<void> refuse_the_mapping();
  base::Result<void> keep_lease();
  void note_ahead(int64_t records);
  void note_repeated_names();
  void note_unfound();

  const EntityTask task_;
  const config::Stream& stream_;
  const state::Lease lease_;
  const state::Checkpoint before_;
  RunDeletes& deletes_;
  RunningReport& report_;
  const std::unique_ptr<transform::Mapping> mapping_;
  load::Writer writer_;
  std::optional<int64_t> declared_;
  std::chrono::steady_clock::time_point lease_kept_{};  ///< proven or renewed last
  bool has_written_ = false;
  load::Owed owed_;
  bool was_large_ = false;  ///< the group before
  // Of the read thread while it runs.
  std::unique_ptr<extract::StoredRecords> page_payloads_;
  std::vector<size_t> unfound_;  ///< sources of the mapping that no record of this run has had
  extract::RepeatedNames repeated_;
  WriteLane first_lane_;
  std::unique_ptr<SecondLane> second_lane_;
  bool has_one_lane_ = false;  ///< the entity must not have two, or there is no connection for another
  std::array<WriteLane*, 2> lanes_{&first_lane_, nullptr};
  size_t next_lane_ = 0;
};

}  // namespace syncline::sync
