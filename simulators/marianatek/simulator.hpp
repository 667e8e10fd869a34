// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "http/server.hpp"

namespace syncline::simulators::marianatek {

/// What `syncline simulate marianatek` is started with.
struct SimulatorOptions {
  uint64_t seed = 1;
  std::string profile = "tiny";         ///< tiny, studio, chain
  std::map<std::string, int64_t> rows;  ///< resource → number of rows, over the profile's
  int64_t rate_per_minute = 200;        ///< per tenant; 0: no limit
  base::Timestamp start{};              ///< the virtual clock's first instant; data is made relative to it. 1970: 2026-03-02T12:00:00Z
};

/// A stateful imitation of the vendor's API: answers requests from one thread, has a virtual clock, is the same for the same options and
/// requests. Its control plane is under /__sim/.
class Simulator {
 public:
  virtual ~Simulator() = default;
  virtual http::ServerResponse handle(const http::ServerRequest& request) = 0;
  /// Variables for a project's .env, given the URL the simulator is reached at: base URL, API key, user, password, …
  [[nodiscard]] virtual std::map<std::string, std::string> environment(const std::string& url) const = 0;
};

/// An error names the option and what it may be.
base::Result<std::unique_ptr<Simulator>> make_simulator(const SimulatorOptions& options);

}  // namespace syncline::simulators::marianatek
