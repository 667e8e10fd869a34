// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "simulators/marianatek/auth.hpp"
#include "simulators/marianatek/faults.hpp"
#include "simulators/marianatek/journal.hpp"
#include "simulators/marianatek/knobs.hpp"
#include "simulators/marianatek/limiter.hpp"
#include "simulators/marianatek/selection.hpp"
#include "simulators/marianatek/simulator.hpp"

namespace syncline::simulators::marianatek {

/// One tenant with all that belongs to it alone.
struct Brand {
  std::unique_ptr<Tenant> tenant;
  Auth auth;
  Limiter limiter;
  int64_t requests_with_tokens = 0;
};

/// Everything that changes while the simulator runs; a reset makes a new one.
struct State {
  /// `credentials_seed`: of the first start, so that what was handed out stays valid over resets.
  State(const SimulatorOptions& options, uint64_t credentials_seed);

  /// Null when there is no such tenant.
  [[nodiscard]] Brand* brand(std::string_view name);

  SimulatorOptions options;
  Timestamp now;
  std::vector<Brand> brands;
  Knobs knobs;
  FaultBook faults;
  Journal journal;
  Selector selector;
  uint64_t mutations = 0;
  uint64_t draws = 0;

  /// A random number, another one each time; the same ones for the same seed.
  [[nodiscard]] uint64_t draw() { return mixed(mixed(options.seed, salt_of("requests")), ++draws); }
};

/// The options with what is not given filled in, or an error that names the option.
[[nodiscard]] base::Result<SimulatorOptions> completed(SimulatorOptions options);

}  // namespace syncline::simulators::marianatek
