// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

namespace syncline::simulators::marianatek {

/// Where sources disagree about the vendor, a knob chooses which of them is right.
struct Knobs {
  int64_t clamp = 500;                     ///< the largest page
  std::string past_end = "403";            ///< a page past the end: 403, 404 or empty
  int64_t overreport_pages = 0;            ///< meta.pagination.pages is that much too high
  std::string filters = "full";            ///< full, or only_filter_id: every other filter is ignored
  std::string order = "stable";            ///< rows with equal sort keys: stable, or ties_shuffle (another order for each request)
  std::string drift = "none";              ///< while a list is read, before each page but the first: none, insert, delete, both
  int64_t drift_rows = 1;                  ///< … so many rows of it
  int64_t count_wobble = 0;                ///< the declared count is up to so many too high or too low, anew for each request
  std::string bare_password = "limited";   ///< a password grant without client: limited, invalid_client or full
  std::string rotate = "never";            ///< refresh tokens: never, always
  bool refresh_revokes_old_access = true;  ///< a refresh kills the access token issued before
  int64_t expires_in = 7200;               ///< seconds an access token lives, by the virtual clock
  int64_t rival_every = 0;                 ///< another client refreshes our tokens after so many requests with one of them; 0: never

  [[nodiscard]] nlohmann::json to_json() const;
  /// Sets what the object names; "" or what is wrong with it, and then nothing is set.
  [[nodiscard]] std::string merge(const nlohmann::json& changes);
};

}  // namespace syncline::simulators::marianatek
