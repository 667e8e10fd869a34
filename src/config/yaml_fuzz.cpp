// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "config/yaml/tree.hpp"

/// Any bytes give a tree or problems with places, never a crash.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto parsed = syncline::config::yaml::parse({reinterpret_cast<const char*>(data), size}, "fuzz.yaml");
  syncline::base::check(parsed.readable || !parsed.problems.empty(), "a file that is not readable says why");
  for (const auto& problem : parsed.problems)
    syncline::base::check(problem.place.line >= 1 && problem.place.column >= 1, "a problem has a place");
  return 0;
}
