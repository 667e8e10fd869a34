// SPDX-License-Identifier: Apache-2.0
#include "stop_signal.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "base/error.hpp"

namespace syncline::apps {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

/// Gives what was blocked before.
sigset_t block_stop_signals() {
  const sigset_t set = stop_signals();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &set, &before);
  return before;
}

}  // namespace

StopSignal::StopSignal() : before_(block_stop_signals()), thread_([this] { wait(); }) {}

StopSignal::~StopSignal() {
  ended_.request_stop();
  // Wakes the thread out of sigtimedwait; it is blocked in every thread, so nobody else is hit.
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void StopSignal::wait() {
  const sigset_t set = stop_signals();
  while (!ended_.stop_requested()) {
    const int signal = sigwaitinfo(&set, nullptr);
    if (signal < 0 || ended_.stop_requested()) continue;
    if (stop_.stop_requested()) _exit(base::exit_code::Incomplete);
    std::fputs("\nstopping after what is under way; once more ends at once\n", stderr);
    stop_.request_stop();
  }
}

}  // namespace syncline::apps
