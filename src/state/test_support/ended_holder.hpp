// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "state/holder.hpp"

namespace syncline::state::test_support {

/// The holder's word of a process that has ended.
inline std::string holder_that_is_gone() {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string holder = this_holder();
    _exit(write(ends[1], holder.data(), holder.size()) == ssize_t(holder.size()) ? 0 : 1);
  }
  char text[256];
  const ssize_t length = read(ends[0], text, sizeof text);
  waitpid(child, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
  EXPECT_GT(length, 0);
  return std::string(text, size_t(std::max<ssize_t>(length, 0)));
}

}  // namespace syncline::state::test_support
