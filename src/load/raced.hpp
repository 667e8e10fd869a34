// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

#include "base/error.hpp"

namespace syncline::load {

/// The code of `raced`.
constexpr std::string_view Raced = "raced";

/// What was judged a moment ago is not what is there: a whole transaction that says so is tried again. `what` was done to `expected` rows.
[[nodiscard]] base::Error raced(std::string_view what, int64_t expected, int64_t done);

}  // namespace syncline::load
