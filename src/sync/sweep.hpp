// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/connector.hpp"
#include "extract/answer_path.hpp"
#include "extract/extract.hpp"
#include "state/store.hpp"
#include "sync/distinct_keys.hpp"
#include "sync/window.hpp"

namespace syncline::sync {

/// Follows one sweep of a stream from page to page: where it stands, how new its newest record is, and at the end whether it was complete.
class SweepProgress {
 public:
  /// `zone`: what times without an offset mean at the source. `all_passes`: takes the records' keys, too; null: nobody asks for those of
  /// several sweeps together. Borrows `stream`, `zone` and `all_passes`.
  SweepProgress(const config::Stream& stream, const base::Zone& zone, const WindowPlan& plan, state::Checkpoint before, int64_t run,
                DistinctKeys* all_passes = nullptr);

  /// Takes a page into account, in order. `source_now`: the time by the source's clock when it answered. A record that it dates later than
  /// that does not move the cursor: changes made until then would never be asked for.
  void add(const extract::Page& page, base::Timestamp source_now);

  [[nodiscard]] const std::optional<int64_t>& declared() const { return declared_; }
  /// The checkpoint after the pages so far. Without a sweep to go on with where a record has come twice: a later run, which no longer knows
  /// the keys of these pages, would take it for two.
  [[nodiscard]] state::Checkpoint checkpoint() const;

  /// After the last page: is the sweep complete? If not, `missing` says why, for people.
  struct End {
    state::Checkpoint checkpoint;
    bool complete = false;
    std::string missing;
    int64_t ahead = 0;  ///< records dated later than the source's clock, which the cursor has passed over
  };
  base::Result<End> end();

 private:
  void look_for_repeats(std::vector<uint64_t> page);
  [[nodiscard]] std::string unequal(int64_t distinct) const;
  void add_cursor(const record::Record& record, base::Timestamp source_now);
  void begin_again();

  const config::Stream& stream_;
  const base::Zone& zone_;
  const extract::AnswerPath key_, cursor_;
  const bool moves_cursor_;
  const int64_t run_;
  state::Checkpoint checkpoint_;
  DistinctKeys keys_;
  DistinctKeys* const all_passes_;
  std::vector<uint64_t> page_before_;  ///< hashes of its keys, in order
  bool repeats_ = false;               ///< a key came twice on one page, or on two that follow each other
  int64_t read_before_ = 0;            ///< by the runs that this sweep goes on from
  std::optional<int64_t> declared_;
  bool declared_changed_ = false;
  bool end_seen_ = false;  ///< the source marked the last page as the last
  base::Timestamp newest_{};
  int64_t ahead_ = 0;
};

}  // namespace syncline::sync
