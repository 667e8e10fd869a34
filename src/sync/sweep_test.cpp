// SPDX-License-Identifier: Apache-2.0
#include "sync/sweep.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace syncline::sync {
namespace {

/// By the source's clock.
const base::Timestamp Now = *base::parse_timestamp("2026-03-02T12:00:00Z");

/// Pages of records that have an id and when they changed, told one after the other.
struct Story {
  config::Stream stream;
  base::Zone zone = base::Zone::utc();
  WindowPlan plan;
  state::Checkpoint before{"reservations", "studio", "reservations", "", false, {}};
  std::deque<std::string> texts;

  Story() {
    stream.key = "id";
    stream.incremental = config::Incremental{"changed", "min", "", {}, "", {}};
    plan.moves_cursor = true;
  }
  extract::Page page(std::initializer_list<std::pair<const char*, const char*>> records, int64_t read, std::optional<int64_t> declared) {
    extract::Page out;
    for (const auto& [id, changed] : records) {
      auto fields = out.records.arena.allocate<record::Field>(2);
      new (&fields[0]) record::Field{"id", record::Value::text(id)};
      new (&fields[1]) record::Field{"changed", record::Value::text(changed)};
      out.records.records.push_back({fields, "{}"});
    }
    out.after = {"next", read, "fingerprint", "last"};
    out.declared = declared;
    return out;
  }
  SweepProgress begin() { return SweepProgress(stream, zone, plan, before, 5); }
};

TEST(Sweep, IsCompleteWhenTheDeclaredNumberOfDifferentKeysCame) {
  Story story;
  auto sweep = story.begin();
  sweep.add(story.page({{"1", "2026-01-01T00:00:00Z"}, {"2", "2026-01-03T00:00:00.5Z"}}, 2, 3), Now);
  sweep.add(story.page({{"3", "2026-01-02T00:00:00Z"}}, 3, 3), Now);
  const auto end = *sweep.end();
  EXPECT_TRUE(end.complete) << end.missing;
  EXPECT_EQ(end.checkpoint.cursor, "2026-01-03T00:00:00.5Z");
  EXPECT_TRUE(end.checkpoint.completed);
  EXPECT_FALSE(end.checkpoint.sweep);
}

// rule 9: complete means proven
TEST(Sweep, ARepeatedKeyIsNoReplacementForALostOne) {
  Story story;
  auto sweep = story.begin();
  sweep.add(story.page({{"1", ""}, {"2", ""}}, 2, 3), Now);
  sweep.add(story.page({{"2", ""}}, 3, 3), Now);
  const auto end = *sweep.end();
  EXPECT_FALSE(end.complete);
  EXPECT_NE(end.missing.find("declared 3 records and 2 different ones came, as 1 came twice: the list moved while it was read"),
            std::string::npos)
      << end.missing;
  EXPECT_FALSE(end.checkpoint.completed);
}

// rule 9: not across runs, either
TEST(Sweep, WhereAKeyWasRepeatedALaterRunDoesNotGoOn) {
  Story story;
  auto sweep = story.begin();
  sweep.add(story.page({{"1", ""}, {"2", ""}}, 2, 4), Now);
  EXPECT_TRUE(sweep.checkpoint().sweep);
  sweep.add(story.page({{"2", ""}, {"3", ""}}, 4, 4), Now);
  EXPECT_FALSE(sweep.checkpoint().sweep) << "it would count the four records as four keys";
  sweep.add(story.page({{"5", ""}}, 5, 4), Now);
  EXPECT_FALSE(sweep.checkpoint().sweep);
}

TEST(Sweep, WithoutACountARepeatedKeyIsNoReasonToBeginAnew) {
  Story story;
  auto sweep = story.begin();
  sweep.add(story.page({{"1", ""}, {"2", ""}}, 2, {}), Now);
  sweep.add(story.page({{"2", ""}, {"3", ""}}, 4, {}), Now);
  EXPECT_TRUE(sweep.checkpoint().sweep);
}

// rule 9: the count must hold
TEST(Sweep, ACountThatChangesWhileReadingProvesNothing) {
  Story story;
  auto sweep = story.begin();
  sweep.add(story.page({{"1", ""}, {"2", ""}}, 2, 3), Now);
  sweep.add(story.page({{"3", ""}}, 3, 2), Now);
  EXPECT_FALSE(sweep.end()->complete);
}

// rule 8: no cursor moves without all that is below it
TEST(Sweep, AnIncompleteSweepLeavesTheCursorWhereItWas) {
  Story story;
  story.before.cursor = "2025-12-01T00:00:00Z";
  story.before.completed = true;
  auto sweep = story.begin();
  sweep.add(story.page({{"1", "2026-01-01T00:00:00Z"}}, 1, 2), Now);
  EXPECT_EQ(sweep.end()->checkpoint.cursor, "2025-12-01T00:00:00Z");
}

TEST(Sweep, ABackfillLeavesTheCursorWhereItWas) {
  Story story;
  story.before.cursor = "2025-12-01T00:00:00Z";
  story.plan.moves_cursor = false;
  auto sweep = story.begin();
  sweep.add(story.page({{"1", "2026-01-01T00:00:00Z"}}, 1, 1), Now);
  EXPECT_EQ(sweep.end()->checkpoint.cursor, "2025-12-01T00:00:00Z");
}

// E5: a cursor in the future
TEST(Sweep, ARecordFromTheFutureDoesNotPoisonTheCursor) {
  Story story;
  auto sweep = story.begin();
  sweep.add(story.page({{"1", "2026-01-01T00:00:00Z"}, {"2", "2099-01-01T00:00:00Z"}}, 2, 3), Now);
  sweep.add(story.page({{"3", "2026-01-02T00:00:00Z"}}, 3, 3), Now);
  EXPECT_EQ(sweep.checkpoint().sweep->cursor, "2026-01-02T00:00:00Z") << "a run that goes on would begin with it";
  const auto end = *sweep.end();
  EXPECT_TRUE(end.complete) << end.missing;
  EXPECT_EQ(end.checkpoint.cursor, "2026-01-02T00:00:00Z");
  EXPECT_EQ(end.ahead, 1);
}

// E5: what is the future, the source's clock says when it sends the page
TEST(Sweep, ARecordIsOfTheFutureWhenItIsLaterThanItsPage) {
  Story story;
  auto sweep = story.begin();
  sweep.add(story.page({{"1", "2026-03-02T12:00:30Z"}, {"2", "2026-03-02T12:02:00Z"}}, 2, 4), Now);
  EXPECT_EQ(sweep.checkpoint().sweep->cursor, "2026-03-02T12:00:30Z") << "two machines of one vendor may differ by half a minute";
  sweep.add(story.page({{"3", "2026-03-02T12:02:00Z"}, {"4", "2026-03-02T13:00:00Z"}}, 4, 4), Now + std::chrono::minutes(2));
  const auto end = *sweep.end();
  EXPECT_EQ(end.checkpoint.cursor, "2026-03-02T12:02:00Z");
  EXPECT_EQ(end.ahead, 2);
}

TEST(Sweep, GoesOnWithWhatEarlierRunsRead) {
  Story story;
  story.plan.resumes = true;
  story.before.sweep = state::Sweep{4, "", "", "2026-02-01T00:00:00Z", 3, "2", 2, "1", "f"};
  auto sweep = story.begin();
  sweep.add(story.page({{"3", "2026-01-05T00:00:00Z"}}, 3, 3), Now);
  EXPECT_EQ(sweep.checkpoint().sweep->run, 4);
  const auto end = *sweep.end();
  EXPECT_TRUE(end.complete) << end.missing;
  EXPECT_EQ(end.checkpoint.cursor, "2026-02-01T00:00:00Z");
}

TEST(Sweep, WithoutACountTheEndMustBeMarked) {
  Story story;
  auto sweep = story.begin();
  extract::Page page = story.page({{"1", ""}}, 1, {});
  sweep.add(page, Now);
  EXPECT_FALSE(sweep.end()->complete);
  auto marked = story.begin();
  page.last = true;
  marked.add(page, Now);
  EXPECT_TRUE(marked.end()->complete);
}

TEST(Sweep, AnEmptyListIsOnlyBelievedWhereTheConnectorAllowsIt) {
  Story story;
  extract::Page empty = story.page({}, 0, 0);
  empty.last = true;
  auto allowed = story.begin();
  allowed.add(empty, Now);
  EXPECT_TRUE(allowed.end()->complete);
  story.stream.empty_is_complete = false;
  auto refused = story.begin();
  refused.add(empty, Now);
  EXPECT_FALSE(refused.end()->complete);
}

// E6: a naive cursor is read in the declared zone
TEST(Sweep, FindsKeyAndCursorWhereTheirPathsLead) {
  Story story;
  story.stream.key = "meta.id";
  story.stream.incremental->field = "meta.changed";
  story.zone = *base::Zone::find("America/New_York");
  auto sweep = story.begin();
  extract::Page page;
  for (const char* id : {"1", "1", "2"}) {
    auto inner = page.records.arena.allocate<record::Field>(2);
    new (&inner[0]) record::Field{"id", record::Value::text(id)};
    new (&inner[1]) record::Field{"changed", record::Value::text(id[0] == '2' ? "2026-01-01 20:00:00" : "2026-01-01 19:00:00")};
    auto outer = page.records.arena.allocate<record::Field>(1);
    new (&outer[0]) record::Field{"meta", record::Value::object(inner, "{}")};
    page.records.records.push_back({outer, "the same text for all"});
  }
  page.after = {"", 3, "", ""};
  page.declared = 2;
  sweep.add(page, Now);
  const auto end = *sweep.end();
  EXPECT_TRUE(end.complete) << end.missing;
  EXPECT_EQ(end.checkpoint.cursor, "2026-01-01 20:00:00");
}

// E6: a naive cursor in the hour that comes twice, and in the one that never does
TEST(Sweep, ALocalTimeThatIsUnclearMovesTheCursorToTheEarlierInstant) {
  Story story;
  story.zone = *base::Zone::find("America/New_York");
  auto sweep = story.begin();
  sweep.add(story.page({{"1", "2025-03-09 02:30:00"}, {"2", "2025-03-09 01:40:00"}}, 2, 4), Now);
  EXPECT_EQ(sweep.checkpoint().sweep->cursor, "2025-03-09 01:40:00") << "02:30 was skipped: it is 01:30 or 03:30";
  sweep.add(story.page({{"3", "2025-11-02 01:30:00"}, {"4", "2025-11-02 01:10:00"}}, 4, 4), Now);
  EXPECT_EQ(sweep.end()->checkpoint.cursor, "2025-11-02 01:30:00");
}

TEST(Sweep, BeginsAgainWhenTheReaderDoes) {
  Story story;
  story.plan.resumes = true;
  story.before.sweep = state::Sweep{4, "", "", "2026-02-01T00:00:00Z", 9, "2", 8, "1", "f"};
  auto sweep = story.begin();
  sweep.add(story.page({{"1", "2026-01-05T00:00:00Z"}, {"2", ""}}, 2, 2), Now);
  EXPECT_EQ(sweep.checkpoint().sweep->run, 5);
  const auto end = *sweep.end();
  EXPECT_TRUE(end.complete) << end.missing;
  EXPECT_EQ(end.checkpoint.cursor, "2026-01-05T00:00:00Z");
}

}  // namespace
}  // namespace syncline::sync
