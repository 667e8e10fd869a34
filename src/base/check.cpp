// SPDX-License-Identifier: Apache-2.0
#include "base/check.hpp"

#include <unistd.h>

#include <cstdio>

#include "base/error.hpp"

namespace syncline::base {

void fail_check(std::string_view what, std::source_location place) {
  std::fprintf(stderr, "syncline: a bug of ours: %.*s (%s:%u, %s)\n", int(what.size()), what.data(), place.file_name(), place.line(),
               place.function_name());
  // _exit: destructors would try to talk to the database with the state that just proved wrong.
  _exit(exit_code::OurBug);
}

}  // namespace syncline::base
