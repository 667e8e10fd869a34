// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include "base/result.hpp"
#include "load/deletes.hpp"
#include "load/target.hpp"
#include "state/store.hpp"
#include "sync/delete_missing.hpp"
#include "sync/entity/element_deletes.hpp"
#include "sync/entity/entity_task.hpp"
#include "sync/entity/running_report.hpp"
#include "sync/window.hpp"
#include "transform/transform.hpp"

namespace syncline::sync {

/// What one run of an entity deletes: rows whose record a whole sweep did not show, or elements that have left their record. Used by the
/// write thread, but for `listens` and `hear`, which the read thread has while pages come. Borrows the report; stays where it is.
class RunDeletes {
 public:
  RunDeletes(const EntityTask& task, RunningReport& report) : task_(task), report_(report) {}
  RunDeletes(const RunDeletes&) = delete;
  RunDeletes& operator=(const RunDeletes&) = delete;

  /// Before the sweep: whether rows can be deleted at all, and which of them are there.
  base::Result<void> open(const load::Target& target, const state::Lease& lease, const WindowPlan& plan);

  /// Whether it is to be told which rows the records speak of.
  [[nodiscard]] bool listens() const { return missing_ || is_within(); }
  /// Keeps what it needs for itself; what is left in `spoken` belongs to the rows' transaction.
  void hear(transform::SpokenKeys& spoken);

  /// Where this run's sweep may show what is missing; null: it may not.
  [[nodiscard]] DeleteMissing* missing() { return missing_ ? &*missing_ : nullptr; }
  /// After a complete sweep: deletes the rows it did not show, unless they are too many to be believed.
  base::Result<void> delete_missing();

  /// Where elements are deleted that have left their record; null: this entity has none.
  [[nodiscard]] ElementDeletes* elements() { return elements_ ? &*elements_ : nullptr; }

 private:
  bool may_show_missing(const WindowPlan& plan);
  base::Result<void> drop_waiting();
  [[nodiscard]] bool is_within() const { return !task_.entity.deletes.within.empty(); }

  const EntityTask task_;
  RunningReport& report_;
  state::Lease lease_;
  std::optional<load::Target> target_;  ///< what `deletes_` borrows
  std::optional<load::Deletes> deletes_;
  std::optional<DeleteMissing> missing_;
  std::optional<ElementDeletes> elements_;
};

}  // namespace syncline::sync
