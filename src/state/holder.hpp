// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace syncline::state {

/// This process, so that another one on the same machine can tell whether it is still alive: boot id, process id namespace, process id and
/// start time.
[[nodiscard]] std::string this_holder();

/// True only if `holder` names a process of this very machine (same boot, same namespace) that does not exist any more. What cannot be
/// known (another machine, a container) counts as alive: the lease's expiry decides.
[[nodiscard]] bool holder_is_gone(std::string_view holder);

}  // namespace syncline::state
