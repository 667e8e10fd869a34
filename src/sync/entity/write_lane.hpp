// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <future>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "extract/stored.hpp"
#include "load/keys.hpp"
#include "load/owed.hpp"
#include "load/writer.hpp"
#include "sync/entity/entity_task.hpp"
#include "sync/entity/page_group.hpp"

namespace syncline::sync {

/// One of two ways by which groups go to the database beside each other, each over its own connection and in a thread of its own: a quick
/// source is faster than one session of the database. What one has been given before the other commits before it. Used by the thread that
/// gives; borrows the writer.
class WriteLane {
 public:
  WriteLane(const EntityTask& task, const config::Stream& stream, load::Writer& writer);

  enum class Begin {
    AtOnce,  ///< in a thread of its own
    AtEnd,   ///< in the thread that waits for the end
  };
  /// `before` has the group before this one, which may still be under way; null:
  /// `report` is as it stands before this group. `owed` is not to be touched while a lane has a group.
  void begin(PageGroup group, Begin begin, const WriteLane* before, const record::EntityReport& report, load::Owed& owed);
  /// From `begin` to `end`.
  [[nodiscard]] bool has_group() const { return written_.valid(); }
  [[nodiscard]] bool shares_keys(const PageGroup& group) const { return has_group() && load::share_keys(group_.rows, group.rows); }
  /// Waits for the lane's thread, if it has one. Both lanes' are waited for before either goes: each looks at the other.
  void wait() const;
  /// Waits for the end, and gives the report with what the group, and all before it, have added.
  base::Result<record::EntityReport> end();

 private:
  using Outcome = base::Result<void>;

  Outcome write(std::shared_future<Outcome> before, const record::EntityReport* report_before, load::Owed& owed);

  const EntityTask task_;
  load::Writer& writer_;
  const std::unique_ptr<extract::StoredRecords> payloads_;
  PageGroup group_;
  record::EntityReport report_;  ///< of the lane's thread while it has a group
  std::shared_future<Outcome> written_;
};

/// A lane over a connection of its own.
class SecondLane {
 public:
  /// Error: no other connection is to be had.
  static base::Result<std::unique_ptr<SecondLane>> open(const EntityTask& task, const config::Stream& stream, load::Target target,
                                                        state::Lease lease);
  [[nodiscard]] WriteLane& lane() { return lane_; }

 private:
  SecondLane(const EntityTask& task, const config::Stream& stream, std::unique_ptr<sql::Connection> connection, load::Target target,
             state::Lease lease);

  const std::unique_ptr<sql::Connection> connection_;
  state::Store store_;
  load::Writer writer_;
  WriteLane lane_;
};

}  // namespace syncline::sync
