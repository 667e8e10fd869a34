// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/limiter.hpp"

namespace syncline::simulators::marianatek {

std::optional<int64_t> Limiter::take(TimePoint now) {
  constexpr std::chrono::minutes window{1};
  if (per_minute_ <= 0) return std::nullopt;
  while (!taken_.empty() && now - taken_.front() >= window) taken_.pop_front();
  if (int64_t(taken_.size()) < per_minute_) {
    taken_.push_back(now);
    return std::nullopt;
  }
  return std::chrono::ceil<std::chrono::seconds>(taken_.front() + window - now).count();
}

}  // namespace syncline::simulators::marianatek
