// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "load/adoption_memory.hpp"
#include "load/constraint_filter.hpp"
#include "load/direct_rows.hpp"
#include "load/owed.hpp"
#include "load/skip.hpp"
#include "load/statements.hpp"
#include "load/target.hpp"
#include "load/undelete.hpp"
#include "load/waiting.hpp"
#include "record/reject.hpp"
#include "record/report.hpp"
#include "record/row_batch.hpp"
#include "state/store.hpp"

namespace syncline::load {

/// What one transaction takes to the database: rows, and with them everything that speaks of them.
struct Batch {
  const record::RowBatch& rows;
  const std::vector<record::Reject>& rejects;   ///< met before loading: stages "decode" and "map"
  record::Counters counters;                    ///< of the records the rows were made of
  std::optional<state::Checkpoint> checkpoint;  ///< after these records; none: it stays
  PayloadOf payload_of = {};                    ///< what is stored of a row's record; none: its own JSON
  const Replay* replay = nullptr;               ///< where the records come from our own tables
  Owed* owed = nullptr;                         ///< of the batches before; none: this one is stored at once, whatever it changes
  /// Where the batch before is still being written by another writer: waits for its end, so long at most. False: it has not ended.
  std::function<base::Result<bool>(std::optional<std::chrono::milliseconds>)> before = {};
};

/// How a batch's transaction ends.
enum class Ending {
  Commit,
  Rollback,  ///< a dry run: rows are staged, matched and judged, and nothing is written; relations are not judged, since this run's own
             ///< parents never land
};

/// Writes one entity's batches, one transaction each: rows, rejects, counters, checkpoint and lease together. Owned by the run's write
/// thread; borrows the store.
class Writer {
 public:
  Writer(state::Store& store, const config::Entity& entity, Target target, state::Lease lease, Ending ending, base::Clock& clock);

  /// Adds the batch's counters to `report` as they commit. A deadlock, a lock that could not be had, or a row that raced with another
  /// writer is tried again as a whole; after a lost connection a new one is made, and where the answer to COMMIT was lost, our own log row
  /// says what became of the transaction. A row whose values the database refuses becomes a reject and the others land. `stop` ends the
  /// trying: Cancelled, and nothing of the batch is written.
  /// Of a batch that is written beside the one before it, the rows go to the database at once, and nothing is counted, told or committed
  /// before that one has ended. `report` is left alone until then.
  base::Result<void> write(const Batch& batch, int64_t run, record::EntityReport& report, const std::stop_token& stop);

  [[nodiscard]] const Target& target() const { return target_; }

 private:
  /// Whether bad rows are looked for: the first try takes all rows at once. After a row's fault, rows are tested against what the catalog
  /// says of faults of that kind and the good ones written at once, outside any savepoint; what that overlooks is found by halving.
  enum class Isolation { None, Testing, Halving };

  /// What has become of a batch's rows in the transaction that is open.
  struct Made {
    record::Counters counters;
    std::vector<record::Reject> rejects;
    bool proven = false;  ///< the lease is, in this transaction
  };
  enum class Turn {
    Ours,
    NotYet,  ///< the batch before has not ended
  };
  base::Result<void> make(const Batch& batch, Isolation isolation, Turn turn, Made& made);
  /// nullopt where it is better to begin again when the batch before has ended.
  std::optional<Made> make_beside(const Batch& batch, Isolation isolation);
  base::Result<std::optional<Made>> await_turn(const Batch& batch, std::optional<Made> made);
  base::Result<void> finish(const Batch& batch, int64_t run, record::EntityReport& report, Made& made);
  /// Of the transaction that is open, with the temporary tables that it may have made.
  void undo();
  base::Result<bool> may_be_owed(const Batch& batch, const std::string& account);
  /// Asks what each row is. What is as we wrote it is counted here.
  base::Result<void> choose(const record::RowBatch& rows, Isolation isolation, record::Counters& counters);
  base::Result<void> write_chosen(const record::RowBatch& rows, Isolation isolation, record::Counters& counters,
                                  std::vector<record::Reject>& rejects);
  base::Result<void> insert_fresh(const record::RowBatch& rows, record::Counters& counters);
  base::Result<int64_t> insert_staged(const record::RowBatch& rows);
  base::Result<void> insert_tested(const record::RowBatch& rows, record::Counters& counters);
  base::Result<void> update_known(const record::RowBatch& rows, record::Counters& counters);
  base::Result<void> make_tables();
  void count_new(int64_t rows, record::Counters& counters) const;
  [[nodiscard]] Undelete::Mode undelete_mode() const {
    return ending_ == Ending::Commit ? Undelete::Mode::Write : Undelete::Mode::OnlyCount;
  }
  /// Rows of a batch, by index.
  using Range = std::span<const uint32_t>;
  void judge_too(std::vector<uint32_t>& rows);
  base::Result<void> clear_staged();
  base::Result<void> prepare(const record::RowBatch& rows, Range range, int64_t verdict, const DirectRows::Wanted& wanted = {});
  [[nodiscard]] bool is_worth_restamping(const record::RowBatch& rows) const;
  base::Result<void> write_rows(const record::RowBatch& rows, Range range, Stamping stamping, record::Counters& counters,
                                std::vector<record::Reject>& rejects);
  /// Of a single row, also: a policy hides the one that has its key, so that it is neither updated nor inserted.
  [[nodiscard]] bool is_row_fault(const base::Error& error) const;
  /// Does `step` to all of the rows or, where a row's fault lets it fail, to either half, each in a savepoint: what is left are single
  /// rows.
  base::Result<void> halve(Range range, const std::function<base::Result<void>(Range)>& step,
                           const std::function<void(uint32_t, const base::Error&)>& refused);
  base::Result<void> write_halving(const record::RowBatch& rows, Range range, record::Counters& counters,
                                   std::vector<record::Reject>& rejects);
  // These are in writer_rejects.cpp.
  base::Result<void> write_tested(const record::RowBatch& rows, std::vector<uint32_t> all, record::Counters& counters,
                                  std::vector<record::Reject>& rejects);
  std::vector<uint32_t> take_out_misfits(const record::RowBatch& rows, Range range);
  [[nodiscard]] FaultKinds wanted_tests() const;
  base::Result<void> make_filter();
  /// Of fields with `taken: null`, the values that other rows have.
  base::Result<void> go_without_taken();
  void tell_taken(record::EntityReport& report);
  base::Result<void> test(const record::RowBatch& rows);
  base::Result<std::set<uint32_t>> refuse_faulty(const record::RowBatch& rows, ConstraintFilter::Which which);
  base::Result<std::vector<uint32_t>> take_out_faulty(const record::RowBatch& rows, std::vector<uint32_t> all);
  void refuse(const record::RowBatch& rows, uint32_t row, std::string field, std::string code, std::string reason, std::string value);
  /// In the order of the rows, whichever way they were found.
  void count_refused(record::Counters& counters, std::vector<record::Reject>& rejects);
  base::Result<void> stage(const record::RowBatch& rows, Range range);
  base::Result<void> make_ready(const record::RowBatch& rows, Range range);
  base::Result<void> count_verdicts(const record::RowBatch& rows, record::Counters& counters, std::vector<record::Reject>& rejects);
  // These are in writer_adoption.cpp.
  base::Result<void> judge_adoption();
  /// False where no row that was there before is claimed.
  base::Result<bool> claim_rows();
  struct UnclearRow {
    uint32_t row = 0;
    record::Reject reject;
  };
  base::Result<std::vector<UnclearRow>> unclear_rows(const record::RowBatch& rows);
  base::Result<std::vector<uint32_t>> take_out_unclear(const record::RowBatch& rows, Range range, record::Counters& counters,
                                                       std::vector<record::Reject>& rejects);
  /// Adds the rows that wait, and those whose link is to be made later, to the rejects: what is undone with a savepoint is undone for all.
  base::Result<void> set_aside(const record::RowBatch& rows, std::vector<record::Reject>& rejects);
  [[nodiscard]] std::string payload(const record::RowBatch& rows, size_t row) const;
  [[nodiscard]] record::Reject failed_relation(const record::RowBatch& rows, size_t row, size_t relation, bool ambiguous) const;

  state::Store& store_;
  sql::Connection& connection_;
  const config::Entity& entity_;
  const Target target_;
  const state::Lease lease_;
  const Ending ending_;
  base::Clock& clock_;
  const Statements statements_;
  const Undelete undelete_;
  Skip skip_;
  DirectRows direct_rows_;
  WaitingRoom waiting_;
  PayloadOf payload_of_;      ///< of the batch being written
  Chosen chosen_;             ///< of the batch being written
  bool tables_made_ = false;  ///< the temporary ones, for all transactions of this connection
  bool staged_in_transaction_ = false;
  int64_t restampable_ = 0;                 ///< of the rows judged last
  bool keeps_ = false;                      ///< of the rows staged last
  bool yields_ = false;                     ///< a field goes without a value that another row has
  std::vector<int64_t> taken_, taken_now_;  ///< how many of each of the batch's columns: of this run, of this batch
  std::string told_;                        ///< of them, in the report's note
  bool tests_ = false;                      ///< a row's fault was met in this run: rows are tested before they are written
  FaultKinds faults_met_;                   ///< for these
  Isolation isolation_ = Isolation::None;
  std::optional<ConstraintFilter> filter_;  ///< made at the first fault
  std::vector<std::pair<uint32_t, record::Reject>> refused_;
  bool refused_beside_others_ = false;  ///< one of them, by what another row is
  size_t halved_ = 0, halved_refused_ = 0;
  std::vector<uint32_t> suspects_;  ///< would be refused as they are, unless a trigger mends them
  AdoptionMemory memory_;
  std::vector<std::string> let_go_;  ///< statements that come before the update
};

}  // namespace syncline::load
