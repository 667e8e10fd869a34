// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "simulators/marianatek/state.hpp"

namespace syncline::simulators::marianatek {

/// Answers a request under /__sim/: the simulator's own controls, no part of the imitation. A reset replaces the state.
[[nodiscard]] http::ServerResponse control(const http::ServerRequest& request, std::unique_ptr<State>& state, uint64_t credentials_seed);

}  // namespace syncline::simulators::marianatek
