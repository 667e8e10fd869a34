// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <source_location>
#include <string_view>

namespace syncline::base {

/// Ends the process with exit code 70 and a line that names the place. For our own bugs only: what the outside world can cause is an Error.
/// An open transaction is rolled back by the database, so nothing half-done stays.
[[noreturn]] void fail_check(std::string_view what, std::source_location place);

/// Always on, in every build.
inline void check(bool condition, std::string_view what, std::source_location place = std::source_location::current()) {
  if (!condition) [[unlikely]]
    fail_check(what, place);
}

}  // namespace syncline::base
