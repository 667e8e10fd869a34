// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

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
  /// `zone`: what times without an offset mean at the source. Borrows `stream` and `zone`.
  SweepProgress(const config::Stream& stream, const base::Zone& zone, const WindowPlan& plan, state::Checkpoint before, int64_t run,
                base::Timestamp now);

  /// Takes a page into account, in order.
  void add(const extract::Page& page);

  [[nodiscard]] const std::optional<int64_t>& declared() const { return declared_; }
  /// The checkpoint after the pages so far.
  [[nodiscard]] const state::Checkpoint& checkpoint() const { return checkpoint_; }

  /// After the last page: is the sweep complete? If not, `missing` says why, for people.
  struct End {
    state::Checkpoint checkpoint;
    bool complete = false;
    std::string missing;
  };
  base::Result<End> end();

 private:
  void add_cursor(const record::Record& record);
  void begin_again();

  const config::Stream& stream_;
  const base::Zone& zone_;
  const extract::AnswerPath key_, cursor_;
  const bool moves_cursor_;
  const base::Timestamp latest_;  ///< a record from later than this has a wrong clock: it must not move the cursor
  const int64_t run_;
  state::Checkpoint checkpoint_;
  DistinctKeys keys_;
  int64_t read_before_ = 0;  ///< by the runs that this sweep goes on from
  std::optional<int64_t> declared_;
  bool declared_changed_ = false;
  bool end_seen_ = false;  ///< the source marked the last page as the last
  base::Timestamp newest_{};
};

}  // namespace syncline::sync
