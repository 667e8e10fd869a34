// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "record/reject.hpp"

namespace syncline::record {

/// What became of the records and rows of a batch, a slice, or a run. The ledger law ties the numbers together.
struct Counters {
  int64_t fetched = 0, mapped = 0, filtered = 0, undecodable = 0;
  int64_t rows = 0, inserted = 0, updated = 0, unchanged = 0, adopted = 0, unmatched = 0, stale = 0, duplicate = 0, rejected = 0,
          waiting = 0;
  int64_t deleted = 0;
  int64_t local_edits = 0;  ///< of `updated`: the source says what it said before, somebody else had changed the row
  int64_t unlinked = 0;     ///< of the rows compared or written: names a parent that is not there (`missing: null`)
  int64_t restamped = 0;    ///< of `unchanged`: found equal by full comparison, and marked as ours again

  Counters& operator+=(const Counters& other);
  bool operator==(const Counters&) const = default;

  /// fetched = mapped + filtered + undecodable, and rows = inserted + updated + unchanged + adopted + unmatched + stale + duplicate +
  /// rejected + waiting. Unmatched: of an entity with `insert: false`, there is no row that it could be written to. A mapped record that
  /// fails to become a row counts as one row, rejected.
  [[nodiscard]] bool ledger_holds() const;
  /// Rows written: inserted + updated + adopted.
  [[nodiscard]] int64_t rows_synced() const { return inserted + updated + adopted; }
};

/// The errors of one kind that a run met: rejects are summed by code and field.
struct ErrorSummary {
  std::string code, message, example;
  int64_t count = 0;
  std::string field{};  ///< of rejects: what they are summed by, beside the code
};

/// Counts a reject where those of its code and field are summed, as the stored ones are: messages name values, so each would be one of its
/// own. The message and the example are the first one's. At most 50 sums.
void add(std::vector<ErrorSummary>& sums, const Reject& reject);

/// One entity of a run: a row of sync_log and of the run report.
struct EntityReport {
  std::string entity, stream, account;
  Counters counters;
  int64_t requests = 0, bytes = 0, retries = 0;
  int64_t not_deleted = 0;   ///< rows whose record is gone and that could not be deleted: rejects of stage "delete"
  int64_t transactions = 0;  ///< committed: each moved rows, counters and checkpoint together
  std::chrono::milliseconds waited{0}, took{0};
  std::string auth_method;
  std::string window_start, window_end;  ///< as asked of the source; empty: unbounded
  std::string checkpoint;                ///< where the next run goes on; empty: from the start
  bool complete = false;                 ///< the sweep was proven complete
  std::string note;                      ///< one phrase for people: "read whole: the stream cannot be bounded by date"
  int exit_code = 0;
  std::vector<ErrorSummary> errors;

  /// Records and rows that could not be done with as the source says.
  [[nodiscard]] int64_t rejects() const { return counters.rejected + counters.undecodable + not_deleted; }
};

/// What a run says at its end.
struct RunReport {
  int64_t run = 0;
  int64_t retried = 0;  ///< the run whose rejects were tried again; 0: this is a sync
  std::string status;   ///< "ok", "rejected", "incomplete", "failed"
  base::Timestamp started_at{}, completed_at{};
  std::vector<EntityReport> entities;
  int exit_code = 0;
};

/// What a run says while it works.
struct ProgressEvent {
  std::string entity, stream, account;
  Counters counters;
  std::optional<int64_t> declared;  ///< how many records the source says there are
  std::chrono::milliseconds elapsed{0};
  std::string waiting_for;  ///< e.g. "rate limit, 12 s"; empty while working
};

/// Receives progress; called from the run's own threads, one at a time.
class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  virtual void report(const ProgressEvent& event) = 0;
};

}  // namespace syncline::record
