// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace syncline::simulators::marianatek {

/// So many requests in any minute. The one thing that goes by real time: what it protects, the simulator's own speed, is real, and a
/// virtual clock that stands still would never let anyone through again.
class Limiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  /// 0: no limit.
  explicit Limiter(int64_t per_minute) : per_minute_(per_minute) {}
  /// Nothing, and the request is counted; or the whole seconds until one would pass.
  std::optional<int64_t> take(TimePoint now);

 private:
  int64_t per_minute_;
  std::deque<TimePoint> taken_;
};

}  // namespace syncline::simulators::marianatek
