// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <stop_token>

namespace syncline::base {

/// An instant as the wall clock and every timestamp column has it: microseconds since 1970-01-01T00:00:00Z.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// The world's time. Everything that reads or waits for time goes through one, so tests can run a year in a second. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall clock: for records of what happened when. May jump.
  [[nodiscard]] virtual Timestamp now() const = 0;
  /// Monotonic: for deadlines and durations.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;
  /// Waits; false if the stop token was triggered before the time was over.
  virtual bool wait(std::chrono::milliseconds duration, std::stop_token stop) = 0;
};

/// The real clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override;
  bool wait(std::chrono::milliseconds duration, std::stop_token stop) override;
};

}  // namespace syncline::base
