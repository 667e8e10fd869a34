// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simulators/marianatek/world.hpp"

namespace syncline::simulators::marianatek {

/// Classes are spread over this long before and after the start.
constexpr std::chrono::days ScheduleReach{60};

/// When a class begins, as it is now.
[[nodiscard]] Timestamp class_start(const Row& class_session);

/// When a class was cancelled that was so at the start, whatever was changed since.
[[nodiscard]] std::optional<Timestamp> class_cancelled(const Row& class_session);

}  // namespace syncline::simulators::marianatek
