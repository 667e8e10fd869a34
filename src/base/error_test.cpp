// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <gtest/gtest.h>

#include "base/result.hpp"

namespace syncline::base {
namespace {

int code_of(ErrorKind kind, Side side) {
  Error error;
  error.kind = kind;
  error.side = side;
  return exit_code_of(error);
}

Result<int> half_of(int number) {
  if (number % 2 == 0) return number / 2;
  Error error;
  error.message = "odd";
  return fail(std::move(error));
}
Result<int> quarter_of(int number) { return half_of(TRY_WITHIN("halving", half_of(number))); }

TEST(ExitCode, FollowsFromKindAndSide) {
  EXPECT_EQ(code_of(ErrorKind::BadConfig, Side::Database), 20);
  EXPECT_EQ(code_of(ErrorKind::Unauthorized, Side::Source), 21);
  EXPECT_EQ(code_of(ErrorKind::Unauthorized, Side::Database), 23);
  EXPECT_EQ(code_of(ErrorKind::Transient, Side::Source), 22);
  EXPECT_EQ(code_of(ErrorKind::Transient, Side::Database), 23);
  EXPECT_EQ(code_of(ErrorKind::ContractDrift, Side::Database), 24);
  EXPECT_EQ(code_of(ErrorKind::Guard, Side::Us), 25);
  EXPECT_EQ(code_of(ErrorKind::Busy, Side::Database), 26);
  EXPECT_EQ(code_of(ErrorKind::Cancelled, Side::Us), 11);
  EXPECT_EQ(code_of(ErrorKind::RateLimited, Side::Source), 11);
  EXPECT_EQ(code_of(ErrorKind::Fatal, Side::Us), 70);
  EXPECT_EQ(code_of(ErrorKind::Fatal, Side::Files), 20);
}

TEST(ExitCode, TheWorseOfTwoFollowsTheContractsOrder) {
  const int order[] = {70, 20, 23, 21, 22, 24, 25, 26, 11, 10, 0};
  for (size_t i = 0; i < std::size(order); ++i) {
    for (size_t j = i; j < std::size(order); ++j) {
      EXPECT_EQ(worse_exit_code(order[i], order[j]), order[i]);
      EXPECT_EQ(worse_exit_code(order[j], order[i]), order[i]);
    }
  }
}

TEST(Error, EachFloorAddsOnePhraseInFront) {
  EXPECT_EQ(quarter_of(6).error().message, "odd");
  EXPECT_EQ(quarter_of(5).error().message, "halving: odd");
  EXPECT_EQ(*quarter_of(8), 2);
}

}  // namespace
}  // namespace syncline::base
