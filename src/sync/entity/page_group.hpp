// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extract/stored.hpp"
#include "record/record_batch.hpp"
#include "record/reject.hpp"
#include "record/report.hpp"
#include "record/row_batch.hpp"
#include "state/store.hpp"
#include "sync/fetch.hpp"
#include "transform/transform.hpp"

namespace syncline::sync {

/// What will be written in one transaction: whole pages, or where the number of its rows is pinned also parts of pages, but never a part
/// of a record. A page is opened, its rows are added, all at once or some for each of several transactions, and it is closed.
class PageGroup {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// `rows`: `batch_rows:` of the entity; none: a group is full by rows, bytes and age, whichever comes first.
  explicit PageGroup(std::optional<int64_t> rows_pinned = {}) : rows_pinned_(rows_pinned) {}

  /// `page` stays where it is until it is closed.
  void open(Fetched& page, Instant now);
  /// Adds rows of the page that is open; false if some are left, for which the next transaction has room.
  bool add_rows();
  /// The page's memory, rejects and counters belong to this group now, and its checkpoint is this group's.
  void close();

  [[nodiscard]] bool empty() const { return rows.size() == 0 && !checkpoint; }
  [[nodiscard]] bool is_full(Instant now) const;
  /// Whether it may be written although it is not full, because it has waited long enough.
  [[nodiscard]] bool ages() const { return !rows_pinned_; }
  /// What is stored of a row that could not land: of the record whose own JSON `source` is. `payloads` is used by this thread alone.
  [[nodiscard]] std::string payload_of(std::string_view source, extract::StoredRecords& payloads) const;
  /// What is here, for a transaction; a page that is open stays so, for the next one.
  PageGroup take_out();

  record::RowBatch rows;
  std::vector<record::Reject> rejects;
  std::vector<transform::SpokenKeys> spoken;    ///< of records whose elements can leave them
  record::Counters counters;                    ///< of the pages that are closed
  std::optional<state::Checkpoint> checkpoint;  ///< after the last of them; none: it stays where it is

 private:
  [[nodiscard]] const record::RecordBatch* page_of(std::string_view source) const;

  std::optional<int64_t> rows_pinned_;
  std::vector<record::RecordBatch> pages_;  ///< what the rows' cells point into…
  std::vector<base::Arena> arenas_;         ///< …and what was made for them
  Fetched* page_ = nullptr;                 ///< the one that is open
  size_t next_ = 0;                         ///< the first of its rows that is not added yet
  size_t bytes_ = 0;
  Instant begun_{};
};

/// How long a page that has come waits for others.
constexpr std::chrono::milliseconds GroupAgeMax{2'000};

}  // namespace syncline::sync
