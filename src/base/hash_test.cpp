// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::base {
namespace {

TEST(Hash, IsTheOneThatIsStoredInTables) {
  // From the reference implementation: https://github.com/Cyan4973/xxHash, `xxhsum -H3`.
  EXPECT_EQ(hash_of(""), 0x2d06800538d394c2ull);
  EXPECT_EQ(hash_of("syncline"), hash_of(std::string("syncline")));
  EXPECT_NE(hash_of("syncline"), hash_of("syncline", 1));
}

TEST(Hash, KnowsWhereOnePartEnds) {
  Hash ab_c, a_bc, one;
  ab_c.add("ab");
  ab_c.add("c");
  a_bc.add("a");
  a_bc.add("bc");
  one.add("abc");
  EXPECT_NE(ab_c.value(), a_bc.value());
  EXPECT_NE(ab_c.value(), one.value());
}

TEST(Hash, AnEmptyPartCounts) {
  Hash with, without;
  with.add("a");
  with.add("");
  without.add("a");
  EXPECT_NE(with.value(), without.value());
}

TEST(Hash, ANumberIsNotItsText) {
  Hash number, text;
  number.add(int64_t{7});
  text.add("7");
  EXPECT_NE(number.value(), text.value());
}

}  // namespace
}  // namespace syncline::base
