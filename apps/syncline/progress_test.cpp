// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <gtest/gtest.h>

namespace syncline::apps {
namespace {

using namespace std::chrono_literals;

class ClockByHand final : public base::Clock {
 public:
  [[nodiscard]] base::Timestamp now() const override { return {}; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return time; }
  bool wait(std::chrono::milliseconds duration, std::stop_token) override {
    time += duration;
    return true;
  }
  std::chrono::steady_clock::time_point time{1h};
};

record::ProgressEvent waiting(const std::string& entity, const std::string& what) {
  record::ProgressEvent event;
  event.entity = entity;
  event.waiting_for = what;
  return event;
}

record::ProgressEvent fetched(int64_t count) {
  record::ProgressEvent event;
  event.entity = "customers";
  event.counters.fetched = count;
  event.declared = 1000;
  event.elapsed = 10s;
  return event;
}

TEST(ProgressLine, ElsewhereAWaitForTheSameReasonIsToldOnceInTenSeconds) {
  ClockByHand clock;
  testing::internal::CaptureStderr();
  {
    ProgressLine progress(clock, ProgressLine::Output::Elsewhere);
    for (int page = 0; page < 25; ++page) {
      progress.report(waiting("customers", "the rate limit, 0." + std::to_string(page % 10) + " s"));
      clock.time += 500ms;
    }
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "  customers  waiting: the rate limit, 0.0 s\n  customers  waiting: the rate limit, 0.0 s\n");
}

TEST(ProgressLine, ElsewhereAnotherReasonOrEntityIsToldAtOnce) {
  ClockByHand clock;
  testing::internal::CaptureStderr();
  {
    ProgressLine progress(clock, ProgressLine::Output::Elsewhere);
    for (int round = 0; round < 3; ++round) {
      progress.report(waiting("customers", "the rate limit, 1 s"));
      progress.report(waiting("customers", "503, once more, 2 s"));
      progress.report(waiting("classes", "the rate limit, 1 s"));
    }
  }
  EXPECT_EQ(
      testing::internal::GetCapturedStderr(),
      "  customers  waiting: the rate limit, 1 s\n  customers  waiting: 503, once more, 2 s\n  classes  waiting: the rate limit, 1 s\n");
}

TEST(ProgressLine, WaitsDoNotKeepTheCountsBack) {
  ClockByHand clock;
  testing::internal::CaptureStderr();
  {
    ProgressLine progress(clock, ProgressLine::Output::Elsewhere);
    for (int second = 0; second < 16; ++second) {
      progress.report(waiting("customers", "the rate limit, 1 s"));
      clock.time += 1s;
      progress.report(fetched(500));
    }
  }
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("  customers  500 of 1,000 fetched, 0 inserted, 0 updated, 50/s, 10"), std::string::npos) << said;
}

TEST(ProgressLine, ATerminalsLineRenewsItselfAndIsGoneAtTheEnd) {
  ClockByHand clock;
  testing::internal::CaptureStderr();
  {
    ProgressLine progress(clock, ProgressLine::Output::Terminal);
    progress.report(waiting("customers", "the rate limit, 1 s"));
    progress.report(waiting("customers", "the rate limit, 1 s"));
  }
  const std::string line = "\r\033[K  customers  waiting: the rate limit, 1 s";
  EXPECT_EQ(testing::internal::GetCapturedStderr(), line + line + "\r\033[K");
}

}  // namespace
}  // namespace syncline::apps
