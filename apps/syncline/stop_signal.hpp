// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <csignal>
#include <stop_token>
#include <thread>

namespace syncline::apps {

/// Turns the first Ctrl-C or SIGTERM into a stop token; a second one ends the process at once with exit code 11. To be made before any
/// other thread: those begun while it lives do not see the signals. Without one, also while a command still opens what it needs, the
/// signals end the process as they always do.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  void wait();

  const sigset_t before_;  ///< what was blocked before, and is again afterwards
  std::stop_source stop_, ended_;
  std::thread thread_;
};

}  // namespace syncline::apps
