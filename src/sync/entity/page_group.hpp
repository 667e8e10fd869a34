// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string_view>
#include <vector>

#include "record/record_batch.hpp"
#include "record/reject.hpp"
#include "record/report.hpp"
#include "record/row_batch.hpp"
#include "state/store.hpp"
#include "sync/fetch.hpp"
#include "transform/transform.hpp"

namespace syncline::sync {

/// Pages that will be written in one transaction, and what has been made of them.
struct PageGroup {
  std::vector<record::RecordBatch> pages;  ///< what the rows' cells point into…
  std::vector<base::Arena> arenas;         ///< …and what was made for them
  record::RowBatch rows;
  std::vector<record::Reject> rejects;
  std::vector<transform::SpokenKeys> spoken;  ///< of records whose elements can leave them
  record::Counters counters;
  state::Checkpoint checkpoint;  ///< after these pages
  size_t bytes = 0;
  std::chrono::steady_clock::time_point begun{};

  [[nodiscard]] bool empty() const { return pages.empty(); }
  void add(Fetched page, std::chrono::steady_clock::time_point now);
  [[nodiscard]] bool is_full(std::chrono::steady_clock::time_point now) const;
  /// The page that a record's own JSON stands in; null: none of these.
  [[nodiscard]] const record::RecordBatch* page_of(std::string_view source) const;
  /// For the next transaction, with the memory of this one.
  void clear();
};

/// How long a page that has come waits for others.
constexpr std::chrono::milliseconds GroupAgeMax{2'000};

}  // namespace syncline::sync
