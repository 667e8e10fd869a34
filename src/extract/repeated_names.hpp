// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace syncline::extract {

/// Objects that have a name more than once. The last value counts, but somebody should look at why it was sent.
struct RepeatedNames {
  int64_t objects = 0;
  std::string first;  ///< the first such name that was met
};

}  // namespace syncline::extract
