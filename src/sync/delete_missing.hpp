// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/entity.hpp"
#include "load/deletes.hpp"
#include "record/report.hpp"
#include "state/store.hpp"
#include "sync/distinct_keys.hpp"
#include "sync/key_spool.hpp"
#include "transform/transform.hpp"

namespace syncline::sync {

/// Why so many rows must not be deleted at once: all of `there`, or more than a fifth and at least three; with `allowed`, more than that.
/// "" if they may. It names the entity's own command.
[[nodiscard]] std::string mass_delete_objection(const config::Entity& entity, int64_t missing, int64_t there,
                                                std::optional<int64_t> allowed);

/// Finds the rows of a table whose record did not come in a whole sweep, and has them deleted. Flat memory: keys are kept in temporary
/// files.
///
/// Only rows that were there before the sweep began can be missing: one that somebody made of a record while it went on has a record that
/// the sweep may have passed already.
class DeleteMissing {
 public:
  /// Borrows what it deletes with.
  DeleteMissing(load::Deletes& deletes, record::ColumnType key_type) : deletes_(deletes), key_type_(key_type) {}

  /// Before the sweep: which rows are there.
  base::Result<void> look();
  /// During it; by the thread that has the sweep.
  void add(const transform::SpokenKeys& spoken);

  /// The sweep has ended, for now: more may be added afterwards, and asked about again.
  base::Result<int64_t> missing();
  /// How many different keys have come so far.
  base::Result<int64_t> spoken() { return spoken_.count(); }
  /// How many rows were there.
  [[nodiscard]] int64_t there() const { return there_.size(); }
  /// Records whose key could not be told: any missing row could be one of them.
  [[nodiscard]] int64_t untold() const { return untold_; }

  /// Deletes what `missing` has found last.
  base::Result<void> remove(int64_t run, record::EntityReport& report, const std::stop_token& stop);

  /// Drops what waits for a parent and whose record did not come in the sweep: it must not land later. Returns how many rows those were.
  base::Result<int64_t> drop_waiting(state::Store& store, const config::Entity& entity, const state::Lease& lease);

 private:
  load::Deletes& deletes_;
  const record::ColumnType key_type_;
  DistinctKeys spoken_;
  KeySpool there_, missing_;
  int64_t untold_ = 0;
};

}  // namespace syncline::sync
