// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <stop_token>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "record/report.hpp"
#include "state/store.hpp"

namespace syncline::load {

/// After a lost connection: connects anew, for as long as a server that restarts needs to come up, and says whether the transaction that
/// was under way has committed. `before` is the report as it stood before it. Cancelled when `stop` ends the waiting.
base::Result<bool> was_committed(state::Store& store, base::Clock& clock, int64_t run, const record::EntityReport& before,
                                 const std::stop_token& stop);

/// The same where nothing commits: false.
base::Result<bool> connected_again(state::Store& store, base::Clock& clock, const std::stop_token& stop);

base::Error stopped_waiting();

}  // namespace syncline::load
