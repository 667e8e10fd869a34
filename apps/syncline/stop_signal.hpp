// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stop_token>
#include <thread>

namespace syncline::apps {

/// Before any thread begins: Ctrl-C (SIGINT) and SIGTERM are then only seen by a StopSignal, or end the process when there is none.
void block_stop_signals();
/// For commands that have nothing to finish: the signals end the process at once again.
void unblock_stop_signals();

/// Turns the first Ctrl-C or SIGTERM into a stop token; a second one ends the process at once with exit code 11.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  void wait();

  std::stop_source stop_, ended_;
  std::thread thread_;
};

}  // namespace syncline::apps
