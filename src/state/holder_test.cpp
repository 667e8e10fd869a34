// SPDX-License-Identifier: Apache-2.0
#include "state/test_support/ended_holder.hpp"

#include <gtest/gtest.h>

namespace syncline::state {
namespace {

TEST(Holder, ThisProcessIsNotGone) { EXPECT_FALSE(holder_is_gone(this_holder())); }

TEST(Holder, AnEndedProcessIsGone) {
  const std::string holder = test_support::holder_that_is_gone();
  EXPECT_TRUE(holder_is_gone(holder)) << holder;
}

TEST(Holder, AProcessThatOnlyHasTheSameNumberIsAnother) {
  std::string holder = this_holder();
  holder += "0";  // another start time
  EXPECT_TRUE(holder_is_gone(holder));
}

TEST(Holder, WhatIsOnAnotherMachineCannotBeKnown) {
  EXPECT_FALSE(holder_is_gone("another-boot/pid:[1] 1 1"));
  EXPECT_FALSE(holder_is_gone(""));
  EXPECT_FALSE(holder_is_gone("nonsense"));
}

}  // namespace
}  // namespace syncline::state
