// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include "base/time.hpp"
#include "config/connector.hpp"
#include "extract/extract.hpp"

namespace syncline::extract {

/// A window in the source's own words.
struct AskedWindow {
  std::string from, to;                     ///< the parameters' values; empty: not asked for
  std::optional<base::Timestamp> earliest;  ///< the earliest instant that `from` can mean
};

/// Where the source takes local times (`incremental.format`), the bounds are moved outward to times that it can be told: down to the step
/// of the format or up to it, and out of the hour that comes twice, wherever the source might take the wrong one of the two, or compare
/// local times as texts. More may come than the window holds, never less.
[[nodiscard]] AskedWindow asked_window(const Window& window, const config::Incremental& incremental, const base::Zone& zone);

}  // namespace syncline::extract
