// SPDX-License-Identifier: Apache-2.0
#include "load/commit_lookup.hpp"

#include <array>
#include <chrono>
#include <functional>

#include "sql/connection.hpp"

namespace syncline::load {
namespace {

using namespace std::chrono_literals;

/// A server that restarts takes some seconds to come up.
constexpr std::array<std::chrono::milliseconds, 6> ReconnectWaits{{0ms, 200ms, 1'000ms, 2'000ms, 4'000ms, 8'000ms}};

base::Result<bool> over_a_new_connection(state::Store& store, base::Clock& clock, const std::stop_token& stop,
                                         const std::function<base::Result<bool>()>& look) {
  base::Result<bool> seen = false;
  for (const std::chrono::milliseconds wait : ReconnectWaits) {
    if (!clock.wait(wait, stop)) return base::fail(stopped_waiting());
    seen = [&]() -> base::Result<bool> {
      TRY(store.connection().reconnect());
      return look();
    }();
    if (seen || !(sql::is_connection_lost(seen.error()) || sql::may_pass_again(seen.error()))) break;
  }
  return seen;
}

}  // namespace

/// Never guessed: the old session, if it lives, holds our log row until its COMMIT is done or undone, so reading the row under a lock waits
/// for that.
base::Result<bool> was_committed(state::Store& store, base::Clock& clock, int64_t run, const record::EntityReport& before,
                                 const std::stop_token& stop) {
  return over_a_new_connection(store, clock, stop, [&]() -> base::Result<bool> {
    return TRY(store.transactions_of(run, before.entity, before.account)) != before.transactions;
  });
}

base::Result<bool> connected_again(state::Store& store, base::Clock& clock, const std::stop_token& stop) {
  return over_a_new_connection(store, clock, stop, []() -> base::Result<bool> { return false; });
}

base::Error stopped_waiting() {
  return {base::ErrorKind::Cancelled, base::Side::Database, "stopped while the database was waited for", "stopped", "", {}};
}

}  // namespace syncline::load
