// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "load/deletes.hpp"
#include "record/column.hpp"
#include "sync/distinct_keys.hpp"
#include "sync/entity/entity_task.hpp"
#include "sync/entity/running_report.hpp"
#include "sync/key_spool.hpp"
#include "sync/mass_loss.hpp"
#include "transform/transform.hpp"

namespace syncline::sync {

/// Deletes the rows of elements that have left the records that are read, before these records' rows are written: they may hold what the
/// new ones need. What looks like too much at that moment is put off until the run has read all, and then deleted or refused; until then
/// no checkpoint may pass these records. Flat memory. Used by the write thread; borrows the deletes and the report.
class ElementDeletes {
 public:
  ElementDeletes(const EntityTask& task, RunningReport& report, load::Deletes& deletes, record::ColumnType key_type, Reading reading)
      : task_(task), report_(report), deletes_(deletes), key_type_(key_type), reading_(reading) {}

  /// Of one transaction's records.
  base::Result<void> take_leave(std::span<const transform::SpokenKeys> spoken);
  [[nodiscard]] bool has_put_off() const { return put_off_.size() > 0; }
  /// The run has read all: deletes what was put off, or fails with a Guard that says why it stays.
  base::Result<void> end();

 private:
  [[nodiscard]] bool is_suspect(const ElementLosses& group);
  /// Why what was put off must stay, and what to do; "" if it need not.
  [[nodiscard]] std::string objection() const;
  [[nodiscard]] std::string beyond(int64_t allowed) const;
  [[nodiscard]] std::string unbelievable() const;
  base::Result<void> remove(std::span<const std::string> keys);

  const EntityTask task_;
  RunningReport& report_;
  load::Deletes& deletes_;
  const record::ColumnType key_type_;
  const Reading reading_;
  ElementLosses run_;      ///< of all that was read so far
  ElementLosses at_once_;  ///< of a single transaction that has lost too much; nothing: there was none
  KeySpool put_off_;
  DistinctKeys came_since_;  ///< keys of elements that were read after something was put off
};

}  // namespace syncline::sync
