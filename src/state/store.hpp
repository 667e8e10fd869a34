// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "record/reject.hpp"
#include "record/report.hpp"
#include "sql/connection.hpp"
#include "state/tables.hpp"

namespace syncline::state {

/// The right to sync one entity: fenced by its epoch, so that a holder which was asleep too long cannot write any more.
struct Lease {
  std::string name;
  int64_t epoch = 0;
};

/// A sweep that has been begun and not yet completed: where the next run goes on.
struct Sweep {
  int64_t run = 0;                       ///< the run that began it
  std::string window_start, window_end;  ///< as asked of the source
  std::string cursor;                    ///< greatest value of the stream's incremental field so far
  int64_t declared = -1;                 ///< how many records the source said there are, at the sweep's first page; -1: it did not say
  std::string next;                      ///< the paginator's word for the next page
  int64_t read = 0;                      ///< records read up to there
  std::string last, last_page;           ///< the last page's word and the fingerprint of its keys
};

/// Where one entity of one account stands.
struct Checkpoint {
  std::string entity, account, stream;
  std::string cursor;      ///< of complete sweeps: the source's own text, never rounded
  bool completed = false;  ///< a sweep has been completed once
  std::optional<Sweep> sweep;
  bool completes = false;  ///< a sweep is completed by this very checkpoint; never read back
};

/// One stored reject, as `rejects` shows it.
struct StoredReject {
  int64_t id = 0, run = 0;
  std::string entity, account, created_at;
  record::Reject reject;
};

/// A row of sync_waiting: a record whose row is not in its table yet, or is there with a link that is still to be made.
struct WaitingRow {
  std::string entity, account, key;
  enum class Kind { Row, Link } kind = Kind::Row;
  std::string field;       ///< the relation's column
  std::string looked_for;  ///< for a person: "`external_id` = c9"
  std::string version;     ///< of the record, as a word that sorts as versions do; empty: it has none
  std::string payload;
  int64_t run = 0;    ///< the last run whose counters speak of it
  std::string since;  ///< when the record was set aside, as 2026-03-02T12:00:00.000000Z; empty: now
};

/// What one entity's rows of a kind wait for.
struct WaitingSum {
  int64_t rows = 0;
  struct For {
    std::string field, looked_for;
    int64_t rows = 0;
  };
  std::vector<For> most;  ///< what most rows wait for, first; a few
};

/// One row of sync_log, as `log` shows it.
struct LogEntry {
  int64_t run = 0;
  std::string status, started_at, completed_at;  ///< the times as 2026-03-02T12:00:00.000000Z
  record::EntityReport report;                   ///< with the errors it was stored with
};

/// Our own tables through one connection. Borrows the connection; same thread. Functions that are part of a batch's transaction say so:
/// they neither begin nor commit.
class Store {
 public:
  Store(sql::Connection& connection, std::string tables_prefix)
      : connection_(connection), names_(connection.dialect(), std::move(tables_prefix)) {}

  [[nodiscard]] const TableNames& names() const { return names_; }
  [[nodiscard]] sql::Connection& connection() { return connection_; }

  /// A new run's number, from 1.
  base::Result<int64_t> next_run();

  /// Takes the lease if it is free, expired, or its holder is a process of this machine that is gone. Busy otherwise, naming the run; also
  /// when the holder is writing at this moment.
  base::Result<Lease> take_lease(const std::string& name, int64_t run);
  /// Part of a transaction: proves that the lease is still ours and extends it. Busy if it is not.
  base::Result<void> prove_lease(const Lease& lease);
  /// Extends the lease in a transaction of its own; waits for a lock more than once.
  base::Result<void> renew_lease(const Lease& lease);
  void release_lease(const Lease& lease);

  base::Result<Checkpoint> read_checkpoint(const std::string& entity, const std::string& account, const std::string& stream);
  /// Part of a transaction.
  base::Result<void> write_checkpoint(const Checkpoint& checkpoint);

  /// Begins the log row of one entity of a run, and marks what a dead run has left «running» for it as «interrupted».
  base::Result<void> begin_log(int64_t run, const record::EntityReport& report);
  /// Part of a transaction: the counters of this entity's run so far.
  base::Result<void> update_log(int64_t run, const record::EntityReport& report);
  /// How many transactions of this entity's run have committed. Waits for one that is being committed at this moment.
  base::Result<int64_t> transactions_of(int64_t run, const std::string& entity, const std::string& account);
  /// The log row's last word. Where more transactions have committed than the report knows of (the answer to the last COMMIT was lost for
  /// good), the counters stay as they committed.
  base::Result<void> end_log(int64_t run, const record::EntityReport& report, std::string_view status);
  /// The log row of an entity that was not begun: its parent failed, or another run holds it.
  base::Result<void> log_unbegun(int64_t run, const record::EntityReport& report, std::string_view status);

  /// Part of a transaction.
  base::Result<void> add_rejects(int64_t run, const std::string& entity, const std::string& account,
                                 const std::vector<record::Reject>& rejects);

  /// The newest runs first, each with all its entities; one run's rows when `run` is given.
  base::Result<std::vector<LogEntry>> read_log(std::optional<int64_t> run, int64_t runs_max);
  /// The rejects of a run in the order they were met; the newest run that has some when none is given.
  base::Result<std::vector<StoredReject>> read_rejects(std::optional<int64_t> run, int64_t entries_max);
  /// Rejects of a run summed by code and field, with an example each.
  base::Result<std::vector<record::ErrorSummary>> sum_rejects(int64_t run, const std::string& entity, const std::string& account);

  /// Part of a transaction: the reject of that id gets another reason; its key, its payload and its age stay.
  base::Result<void> renew_reject(int64_t id, const record::Reject& reject);
  /// Part of a transaction.
  base::Result<void> remove_reject(int64_t id);
  /// Rejects of one entity of a run, by id, behind `after`: as many as PayloadBytesAtOnce allows, and one at least.
  base::Result<std::vector<StoredReject>> read_rejects_of(int64_t run, const std::string& entity, const std::string& account, int64_t after,
                                                          int64_t entries_max);
  /// The entities that have rejects in a run.
  base::Result<std::vector<std::string>> entities_with_rejects(int64_t run);
  /// How many rejects of a run are of deletes: rows whose record is gone, so that there is none to try again.
  base::Result<int64_t> count_delete_rejects(int64_t run);
  /// What has been set aside after that reject, of the same key, and so is newer: "a reject of run 38", "a row that waits"; "" if nothing
  /// is.
  base::Result<std::string> set_aside_after(const StoredReject& reject);

  /// The keys of one entity's rows in sync_waiting, in their order, behind `after`.
  base::Result<std::vector<std::string>> waiting_keys(const std::string& entity, const std::string& account, const std::string& after,
                                                      int64_t keys_max);
  base::Result<std::optional<WaitingRow>> read_waiting(const std::string& entity, const std::string& account, const std::string& key);
  /// One entity's rows of a kind, by key, behind `after`: as many as PayloadBytesAtOnce allows, and one at least.
  base::Result<std::vector<WaitingRow>> list_waiting(const std::string& entity, const std::string& account, WaitingRow::Kind kind,
                                                     const std::string& after, int64_t entries_max);
  base::Result<WaitingSum> sum_waiting(const std::string& entity, const std::string& account, WaitingRow::Kind kind);
  /// Part of a transaction: replaces the row of the same key.
  base::Result<void> put_waiting(const WaitingRow& row);
  /// Part of a transaction.
  base::Result<void> remove_waiting(const std::string& entity, const std::string& account, const std::string& key);
  /// Part of a transaction: if it is of kind Row; whether it was.
  base::Result<bool> remove_waiting_row(const std::string& entity, const std::string& account, const std::string& key);

 private:
  base::Result<void> insert_log(int64_t run, const record::EntityReport& report, std::string_view status, std::string_view completed_at);
  /// Sets the log row where `condition` holds, too; how many rows that were.
  base::Result<int64_t> set_log(int64_t run, const record::EntityReport& report, std::string_view status, std::string_view completed_at,
                                std::string_view condition);

  [[nodiscard]] std::string reject_columns() const;
  [[nodiscard]] std::string waiting_columns() const;
  static std::vector<StoredReject> stored_rejects(const sql::Rows& rows);
  /// A column of ours that holds a time, as every reader of our tables gets to see it.
  [[nodiscard]] std::string shown_time(std::string_view column) const;
  /// Does it again when another session was in the way, or a pooler's server has forgotten a prepared statement.
  base::Result<void> repeated(const std::function<base::Result<void>()>& step);

  sql::Connection& connection_;
  TableNames names_;
};

/// So much of stored records comes in one answer, not counting the last of them: a page of great records must not cost what they all do.
constexpr int64_t PayloadBytesAtOnce = int64_t{4} << 20;

/// How long a lease holds without being renewed.
constexpr std::chrono::seconds LeaseDuration{60};

}  // namespace syncline::state
