// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"

#include <random>

namespace syncline::base {

Random Random::from_entropy() {
  std::random_device device;
  return Random((uint64_t(device()) << 32) ^ device());
}

}  // namespace syncline::base
