// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <string_view>

#include "sql/capabilities.hpp"

namespace syncline::test {

/// What tests may use of a server: SYNCLINE_TEST_WITHOUT names what it is to lack, as in "row_versions copy advisory_locks". So the same
/// tests say that a server without it is served as well.
inline sql::Capabilities switched_on() {
  const char* const without = std::getenv("SYNCLINE_TEST_WITHOUT");
  const std::string_view names = without ? without : "";
  const auto has = [&](std::string_view name) { return names.find(name) == names.npos; };
  return {.row_versions = has("row_versions"),
          .copy = has("copy"),
          .advisory_locks = has("advisory_locks"),
          .session_tables = has("session_tables")};
}

}  // namespace syncline::test
