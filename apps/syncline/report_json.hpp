// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "output.hpp"
#include "record/report.hpp"

namespace syncline::apps {

/// The run report of the contract: what `sync --json` prints.
[[nodiscard]] Json report_json(const record::RunReport& report);
/// One entity of it; also a row of `log --json`.
[[nodiscard]] Json entity_json(const record::EntityReport& report);

}  // namespace syncline::apps
