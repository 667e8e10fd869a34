// SPDX-License-Identifier: Apache-2.0
#include "state/holder.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace syncline::state {
namespace {

TEST(Holder, ThisProcessIsNotGone) { EXPECT_FALSE(holder_is_gone(this_holder())); }

TEST(Holder, AnEndedProcessIsGone) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string holder = this_holder();
    _exit(write(ends[1], holder.data(), holder.size()) == ssize_t(holder.size()) ? 0 : 1);
  }
  char text[256];
  const ssize_t length = read(ends[0], text, sizeof text);
  ASSERT_GT(length, 0);
  const std::string holder(text, size_t(length));
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
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
