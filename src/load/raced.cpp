// SPDX-License-Identifier: Apache-2.0
#include "load/raced.hpp"

#include <fmt/format.h>

namespace syncline::load {

base::Error raced(std::string_view what, int64_t expected, int64_t done) {
  return {base::ErrorKind::ContractDrift,
          base::Side::Database,
          fmt::format("{} {} rows, but the database took {}: a trigger that returns NULL, a rule or a policy of row level security keeps "
                      "rows out without a word",
                      what, expected, done),
          std::string(Raced),
          "",
          {}};
}

}  // namespace syncline::load
