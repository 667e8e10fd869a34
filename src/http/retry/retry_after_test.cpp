// SPDX-License-Identifier: Apache-2.0
#include "http/retry/retry_after.hpp"

#include <gtest/gtest.h>

namespace syncline::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Wed, 21 Oct 2015 07:28:00 GMT
const base::Timestamp Now{seconds(1'445'412'480)};

TEST(RetryAfter, A1SecondsAreHonoured) {
  EXPECT_EQ(parse_retry_after("120", Now), seconds(120));
  EXPECT_EQ(parse_retry_after(" 0 ", Now), seconds(0));
}

TEST(RetryAfter, A2ADateIsHonoured) {
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2015 07:30:00 GMT", Now), seconds(120));
  EXPECT_EQ(parse_retry_after("Wednesday, 21-Oct-15 07:30:00 GMT", Now), seconds(120));
  EXPECT_EQ(parse_retry_after("Wed Oct 21 07:30:00 2015", Now), seconds(120));
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2015 07:28:01 GMT", Now + std::chrono::microseconds(1)), milliseconds(1000));
}

TEST(RetryAfter, A3OutOfRangeIsClamped) {
  EXPECT_EQ(parse_retry_after("-5", Now), seconds(0));
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2015 07:27:00 GMT", Now), seconds(0));
  EXPECT_EQ(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", Now), RetryAfterMax);
  EXPECT_EQ(parse_retry_after("99999999999999999999", Now), RetryAfterMax);
  EXPECT_EQ(parse_retry_after("86400.5", Now), RetryAfterMax);
  EXPECT_EQ(parse_retry_after(std::string(100'000, '9'), Now), RetryAfterMax);
}

TEST(RetryAfter, A3AFractionIsRoundedUp) {
  EXPECT_EQ(parse_retry_after("1.5", Now), milliseconds(1500));
  EXPECT_EQ(parse_retry_after("0.0001", Now), milliseconds(1));
  EXPECT_EQ(parse_retry_after("-0.5", Now), milliseconds(0));
}

TEST(RetryAfter, A3WhatCannotBeReadAsksForNothing) {
  for (const char* text : {"", " ", "abc", "5, 10", "5s", "1e3", "+5", "0x10", "1.", ".5", "1.2.3", "--5", "-", ".", "NaN", "inf",
                           "tomorrow", "2015-10-21T07:28:00Z", "Wed, 32 Oct 2015 07:28:00 GMT"}) {
    EXPECT_EQ(parse_retry_after(text, Now), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace syncline::http
