// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "config/connector.hpp"
#include "config/entity.hpp"
#include "extract/extract.hpp"
#include "state/store.hpp"
#include "sync/run.hpp"

namespace syncline::sync {

/// What a run asks of a stream, and what it may conclude from the answer.
struct WindowPlan {
  extract::Window window;
  bool resumes = false;       ///< goes on with the checkpoint's unfinished sweep
  bool moves_cursor = false;  ///< nothing between the last cursor and this window is left out, and nothing after it
  std::string note;           ///< for people, e.g. that the stream cannot be bounded by date
};

/// Pure: the same inputs give the same window. Dates are midnights in `zone`; the overlap is only in the request, never in the stored
/// cursor.
base::Result<WindowPlan> plan_window(const RunOptions& options, const config::Stream& stream, const config::Entity& entity,
                                     const state::Checkpoint& checkpoint, base::Timestamp now, const base::Zone& zone);

/// What a source's text for a time means as a cursor. Of a local time that comes twice, or never, the earlier instant: what it passes over
/// would be lost, and what is read twice is not.
base::Result<base::Timestamp> instant_of_cursor(std::string_view text, const base::Zone& zone);

/// A window's end as it is stored and shown; "" for unbounded.
[[nodiscard]] std::string bound_text(const std::optional<base::Timestamp>& bound);

}  // namespace syncline::sync
