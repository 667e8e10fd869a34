// SPDX-License-Identifier: Apache-2.0
#include "base/arena.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "base/random.hpp"

namespace syncline::base {
namespace {

TEST(Arena, EveryAddressIsAlignedForItsType) {
  Arena arena;
  for (int i = 0; i < 100'000; ++i) {
    arena.copy("x");
    EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.create(uint64_t{1})) % alignof(uint64_t), 0u);
  }
}

TEST(Arena, CopiesStayWhatTheyWereWhileItGrows) {
  Arena arena;
  Random random(1);
  std::vector<std::pair<std::string, std::string_view>> copies;
  for (int i = 0; i < 5'000; ++i) {
    std::string text(random.below(300), char('a' + i % 26));
    copies.emplace_back(text, arena.copy(text));
  }
  for (const auto& [text, copy] : copies) ASSERT_EQ(text, copy);
}

TEST(Arena, SomethingLargerThanABlockFits) {
  Arena arena;
  arena.copy("small");
  const std::string large(3 << 20, 'x');
  EXPECT_EQ(arena.copy(large), large);
  EXPECT_EQ(arena.copy("after"), "after");
  EXPECT_GE(arena.bytes(), large.size());
}

TEST(Arena, AMoveKeepsEveryAddress) {
  Arena arena;
  const std::string_view text = arena.copy("still here");
  const Arena moved = std::move(arena);
  EXPECT_EQ(text, "still here");
  EXPECT_GT(moved.bytes(), 0u);
}

TEST(Arena, NothingIsAnEmptySpanOrText) {
  Arena arena;
  EXPECT_TRUE(arena.allocate<int>(0).empty());
  EXPECT_NE(arena.copy("").data(), nullptr);
  EXPECT_EQ(arena.bytes(), 0u);
}

}  // namespace
}  // namespace syncline::base
