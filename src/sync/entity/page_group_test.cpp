// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/page_group.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace syncline::sync {
namespace {

using Instant = PageGroup::Instant;

constexpr Instant Start{};

/// Pages whose records have so many rows each, and what a transfer makes of them.
class PageGroupTest : public testing::Test {
 protected:
  Fetched page(const std::vector<int>& rows_of_records) {
    Fetched out;
    out.rows.columns = 1;
    for (const int rows : rows_of_records) {
      // A record's rows name one place in memory, as they do in a page.
      const std::string& record = records_.emplace_back("{}");
      for (int i = 0; i < rows; ++i) {
        out.rows.cells.push_back(record::Cell::of(number_++));
        out.rows.sources.push_back(record);
      }
    }
    out.counters.fetched = out.counters.mapped = int64_t(rows_of_records.size());
    out.checkpoint.cursor = std::to_string(++pages_);
    return out;
  }

  void write(PageGroup& filled) {
    const PageGroup group = filled.take_out();
    written_ += (written_.empty() ? "" : " ") + std::to_string(group.rows.size());
    for (size_t row = 0; row < group.rows.size(); ++row) EXPECT_EQ(group.rows.row(row)[0].integer(), landed_++);
    fetched_ += group.counters.fetched;
    if (group.checkpoint) written_ += "@" + group.checkpoint->cursor;
  }

  void take(PageGroup& group, Fetched page) {
    group.open(page, Start);
    while (!group.add_rows()) write(group);
    group.close();
    if (group.is_full(Start)) write(group);
  }

  std::string written_;  ///< rows of each transaction, and the page after which its checkpoint stands
  int64_t fetched_ = 0;

 private:
  std::deque<std::string> records_;
  int64_t number_ = 0, landed_ = 0, pages_ = 0;
};

std::vector<int> single(size_t records) { return std::vector<int>(records, 1); }

TEST_F(PageGroupTest, APinnedNumberPartsPagesAndJoinsThem) {
  PageGroup group(50);
  take(group, page(single(120)));
  take(group, page(single(20)));
  take(group, page(single(10)));
  take(group, page(single(30)));
  EXPECT_FALSE(group.empty());
  write(group);
  EXPECT_TRUE(group.empty());
  EXPECT_EQ(written_, "50 50 50@3 30@4") << "no checkpoint passes a page that has not landed whole";
  EXPECT_EQ(fetched_, 180);
}

TEST_F(PageGroupTest, APageThatFitsExactlyMovesTheCheckpointWithItsLastRow) {
  PageGroup group(50);
  take(group, page(single(100)));
  EXPECT_EQ(written_, "50 50@1");
  EXPECT_TRUE(group.empty());
}

TEST_F(PageGroupTest, TheRowsOfARecordAreNeverParted) {
  PageGroup group(50);
  take(group, page({30, 30, 20, 60, 1}));
  EXPECT_EQ(written_, "30 50 60") << "sixty rows of one record are a transaction of their own";
  EXPECT_EQ(group.rows.size(), 1U);
}

TEST_F(PageGroupTest, APinnedNumberWaitsForItsRowsHoweverOldOrLargeTheyAre) {
  PageGroup group(50);
  Fetched large = page(single(49));
  large.records.page.resize(size_t{5} << 20);
  take(group, std::move(large));
  EXPECT_FALSE(group.is_full(Start + 2 * GroupAgeMax));
  EXPECT_FALSE(group.ages());
  EXPECT_EQ(written_, "");
}

TEST_F(PageGroupTest, WithoutOneAGroupIsFullByRowsOrBytesOrAge) {
  PageGroup group;
  take(group, page(single(2'999)));
  EXPECT_FALSE(group.is_full(Start));
  EXPECT_TRUE(group.is_full(Start + GroupAgeMax));
  EXPECT_TRUE(group.ages());
  take(group, page(single(500)));
  EXPECT_EQ(written_, "3499@2") << "a page is not parted";
  Fetched large = page(single(1));
  large.records.page.resize(size_t{4} << 20);
  take(group, std::move(large));
  EXPECT_EQ(written_, "3499@2 1@3");
}

TEST_F(PageGroupTest, APageWithoutRowsStillMovesTheCheckpoint) {
  for (const std::optional<int64_t> pinned : {std::optional<int64_t>(), std::optional<int64_t>(50)}) {
    PageGroup group(pinned);
    take(group, page({}));
    EXPECT_FALSE(group.empty());
  }
}

}  // namespace
}  // namespace syncline::sync
