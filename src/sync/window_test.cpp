// SPDX-License-Identifier: Apache-2.0
#include "sync/window.hpp"

#include <gtest/gtest.h>

namespace syncline::sync {
namespace {

using base::Zone;

base::Timestamp at(std::string_view text) { return *base::parse_timestamp(text); }

/// Plans with a stream that can be bounded, five minutes of overlap, in Chicago, unless a test says otherwise.
struct Case {
  RunOptions options;
  config::Stream stream;
  config::Entity entity;
  state::Checkpoint checkpoint;
  Zone zone = *Zone::find("America/Chicago");

  Case() {
    stream.name = "reservations";
    stream.incremental = config::Incremental{"updated_datetime", "min", "max", std::chrono::minutes(5), "", {}};
  }
  void complete_until(std::string cursor) {
    checkpoint.completed = true;
    checkpoint.cursor = std::move(cursor);
  }
  [[nodiscard]] WindowPlan plan(std::string_view now = "2026-03-02T12:00:00Z") const {
    return *plan_window(options, stream, entity, checkpoint, at(now), zone);
  }
};

TEST(Window, AFirstRunReadsEverything) {
  const WindowPlan plan = Case().plan();
  EXPECT_FALSE(plan.window.bounded());
  EXPECT_TRUE(plan.moves_cursor);
}

TEST(Window, AFirstRunBeginsWhereTheEntitySays) {
  Case c;
  c.entity.start = *base::parse_date("2023-01-01");
  EXPECT_EQ(bound_text(c.plan().window.from), "2023-01-01T06:00:00Z");
  EXPECT_TRUE(c.plan().moves_cursor);
}

TEST(Window, ALaterRunReadsAtLeastSevenDays) {
  Case c;
  c.complete_until("2026-03-02T11:00:00Z");
  EXPECT_EQ(bound_text(c.plan().window.from), "2026-02-23T12:00:00Z");
}

// E3, rule 8: the overlap is on the query only
TEST(Window, ALaterRunReadsFromTheCursorLessTheOverlap) {
  Case c;
  c.complete_until("2026-01-02T11:00:00.123456Z");
  EXPECT_EQ(bound_text(c.plan().window.from), "2026-01-02T10:55:00.123456Z");
  EXPECT_FALSE(c.plan().window.to);
  EXPECT_TRUE(c.plan().moves_cursor);
}

TEST(Window, FullReadsEverythingAgain) {
  Case c;
  c.complete_until("2026-03-02T11:00:00Z");
  c.options.reach = RunOptions::Reach::Full;
  EXPECT_FALSE(c.plan().window.bounded());
  EXPECT_TRUE(c.plan().moves_cursor);
}

// E6, rule 18: half-open windows of the declared zone's days
TEST(Window, DaysBeginAtMidnightInTheConnectorsZone) {
  Case c;
  c.options.days = 2;
  // 03:30 UTC on the third is still the second in Chicago.
  EXPECT_EQ(bound_text(c.plan("2026-03-03T03:30:00Z").window.from), "2026-02-28T06:00:00Z");
}

// E6: over the change of clocks
TEST(Window, DaysReachOverTheChangeOfClocks) {
  Case c;
  c.options.days = 1;
  EXPECT_EQ(bound_text(c.plan("2026-03-09T12:00:00Z").window.from), "2026-03-08T06:00:00Z");
  EXPECT_EQ(bound_text(c.plan("2026-03-10T12:00:00Z").window.from), "2026-03-09T05:00:00Z");
}

// E6: a day that has midnight twice, and one that has none
TEST(Window, ADayBeginsWithTheFirstOfTwoMidnightsAndWhereThereIsNoneLater) {
  Case c;
  c.zone = *Zone::find("America/Havana");
  c.options.start = *base::parse_date("2025-11-02");  // at 01:00 clocks went back to 00:00
  EXPECT_EQ(bound_text(c.plan().window.from), "2025-11-02T04:00:00Z");
  c.options.start = *base::parse_date("2025-03-09");  // at 00:00 clocks went forward to 01:00
  EXPECT_EQ(bound_text(c.plan().window.from), "2025-03-09T05:00:00Z");
}

// E6: the hour that comes twice
TEST(Window, OfACursorThatCameTwiceTheEarlierIsMeant) {
  Case c;
  c.zone = *Zone::find("America/New_York");
  c.complete_until("2025-11-02 01:30:00");
  EXPECT_EQ(bound_text(c.plan().window.from), "2025-11-02T05:25:00Z") << "five minutes of overlap before 01:30 of daylight saving time";
  c.options.start = *base::parse_date("2025-11-02");
  EXPECT_TRUE(c.plan().moves_cursor);
}

TEST(Window, ABoundedBackfillDoesNotMoveTheCursor) {
  Case c;
  c.complete_until("2026-03-02T11:00:00Z");
  c.options.start = *base::parse_date("2025-01-01");
  c.options.end = *base::parse_date("2025-02-01");
  const WindowPlan plan = c.plan();
  EXPECT_EQ(bound_text(plan.window.from), "2025-01-01T06:00:00Z");
  EXPECT_EQ(bound_text(plan.window.to), "2025-02-01T06:00:00Z");
  EXPECT_FALSE(plan.moves_cursor);
}

TEST(Window, AWindowThatLeavesAGapDoesNotMoveTheCursor) {
  Case c;
  c.complete_until("2026-01-02T11:00:00Z");
  c.options.days = 3;
  EXPECT_FALSE(c.plan().moves_cursor);
  c.options.days = 90;
  EXPECT_TRUE(c.plan().moves_cursor);
}

TEST(Window, AStreamWithoutDatesIsReadWholeAndSaysSo) {
  Case c;
  c.stream.incremental.reset();
  c.options.days = 3;
  EXPECT_FALSE(c.plan().window.bounded());
  EXPECT_NE(c.plan().note.find("cannot be bounded by date"), std::string::npos);
}

TEST(Window, AnUnfinishedSweepGoesOnWithItsOwnWindow) {
  Case c;
  c.complete_until("2026-01-02T11:00:00Z");
  c.checkpoint.sweep = state::Sweep{4, "2025-12-20T00:00:00Z", "", "", -1, "7", 3000, "6", "f"};
  const WindowPlan plan = c.plan();
  EXPECT_TRUE(plan.resumes);
  EXPECT_EQ(bound_text(plan.window.from), "2025-12-20T00:00:00Z");
  EXPECT_TRUE(plan.moves_cursor);
}

TEST(Window, AnUnfinishedBackfillIsNotWhatAnOrdinaryRunGoesOnWith) {
  Case c;
  c.complete_until("2026-01-02T11:00:00Z");
  c.checkpoint.sweep = state::Sweep{4, "2025-01-01T06:00:00Z", "2025-02-01T06:00:00Z", "", -1, "7", 3000, "6", "f"};
  EXPECT_FALSE(c.plan().resumes);
  c.options.start = *base::parse_date("2025-01-01");
  c.options.end = *base::parse_date("2025-02-01");
  EXPECT_TRUE(c.plan().resumes);
}

TEST(Window, FullBeginsAgainWhateverIsUnfinished) {
  Case c;
  c.options.reach = RunOptions::Reach::Full;
  c.checkpoint.sweep = state::Sweep{4, "2025-12-20T00:00:00Z", "", "", -1, "7", 3000, "6", "f"};
  EXPECT_FALSE(c.plan().resumes);
  c.checkpoint.sweep->window_start = "";
  EXPECT_FALSE(c.plan().resumes);
  c.options.reach = RunOptions::Reach::Incremental;
  EXPECT_TRUE(c.plan().resumes);
}

}  // namespace
}  // namespace syncline::sync
