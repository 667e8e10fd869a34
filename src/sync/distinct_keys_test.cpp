// SPDX-License-Identifier: Apache-2.0
#include "sync/distinct_keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/hash.hpp"
#include "base/random.hpp"

namespace syncline::sync {
namespace {

TEST(DistinctKeys, NoneIsNone) { EXPECT_EQ(*DistinctKeys().count(), 0); }

TEST(DistinctKeys, RepeatedKeysCountOnce) {
  DistinctKeys keys;
  for (const char* key : {"1", "2", "1", "01", "", ""}) keys.add(key);
  EXPECT_EQ(*keys.count(), 4);
}

TEST(DistinctKeys, MoreThanFitInMemoryAreCountedExactly) {
  DistinctKeys keys;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 300'000; ++i) keys.add(std::to_string(7'000'000 + i));
  }
  keys.add("one more");
  EXPECT_EQ(*keys.count(), 300'001);
}

// Keys in their order are counted without a look at the others, until one comes out of it.
TEST(DistinctKeys, InTheirOrderUpOrDownAreAsExactAsInAny) {
  const int many = 300'000;
  for (const bool up : {true, false}) {
    DistinctKeys keys;
    for (int i = 0; i < many; ++i) keys.add(std::to_string(up ? 99'000 + i : 99'000 + many - i));
    EXPECT_EQ(*keys.count(), many);
    EXPECT_EQ(*keys.have({base::hash_of("100000")}), std::vector<bool>{true});
    EXPECT_EQ(*keys.have({base::hash_of("98000")}), std::vector<bool>{false});
    keys.add("150000");
    EXPECT_EQ(*keys.count(), many) << up;
    keys.add("5");
    EXPECT_EQ(*keys.count(), many + 1) << up;
  }
}

TEST(DistinctKeys, ThatGoOnInOrderAfterTheyWereAskedAboutAreFoundToo) {
  DistinctKeys keys;
  const int many = 200'000;
  for (int i = 0; i < many; ++i) keys.add(std::to_string(1'000'000 + i));
  EXPECT_EQ(*keys.have({base::hash_of("1000000")}), std::vector<bool>{true});
  for (int i = many; i < 2 * many; ++i) keys.add(std::to_string(1'000'000 + i));
  std::vector<uint64_t> all;
  for (int i = 0; i < 2 * many; ++i) all.push_back(base::hash_of(std::to_string(1'000'000 + i)));
  std::sort(all.begin(), all.end());
  EXPECT_EQ(*keys.have(all), std::vector<bool>(all.size(), true));
  EXPECT_EQ(*keys.count(), 2 * many);
}

TEST(DistinctKeys, TheSameKeyTwiceInARowIsOne) {
  DistinctKeys keys;
  for (const char* key : {"1", "2", "2"}) keys.add(key);
  EXPECT_EQ(*keys.count(), 2);
}

TEST(DistinctKeys, SayWhichHaveComeFromMemoryAndFromTheFileAndGoOnCounting) {
  for (const int keys_there : {1'000, 300'000}) {
    DistinctKeys keys;
    for (int i = 0; i < keys_there; ++i) keys.add(std::to_string(2 * i));
    EXPECT_EQ(*keys.count(), keys_there);
    std::vector<uint64_t> asked;
    std::map<uint64_t, bool> expected;
    for (int i = 0; i < 2'000; ++i) expected[base::hash_of(std::to_string(i))] = i % 2 == 0 && i / 2 < keys_there;
    for (const auto& [hash, came] : expected) asked.push_back(hash);
    const std::vector<bool> have = *keys.have(asked);
    size_t next = 0;
    for (const auto& [hash, came] : expected) ASSERT_EQ(have[next++], came) << keys_there;
    keys.add("0");
    keys.add("1");
    EXPECT_EQ(*keys.count(), keys_there + 1);
    EXPECT_EQ(*keys.have({base::hash_of("1")}), std::vector<bool>{true});
  }
}

TEST(DistinctKeys, AgreesWithASet) {
  base::Random random(42);
  DistinctKeys keys;
  std::set<uint64_t> set;
  for (int i = 0; i < 400'000; ++i) {
    const uint64_t key = random.below(250'000);
    keys.add(std::to_string(key));
    set.insert(key);
  }
  EXPECT_EQ(*keys.count(), int64_t(set.size()));
}

}  // namespace
}  // namespace syncline::sync
