// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "record/report.hpp"

namespace syncline::apps {

/// The run report of the contract: what `sync --json` prints.
[[nodiscard]] std::string report_json(const record::RunReport& report);
/// One entity of it; also a row of `log --json`.
[[nodiscard]] nlohmann::ordered_json entity_json(const record::EntityReport& report);
/// JSON text of any document; bytes that are not UTF-8 are replaced, for nothing may stop a report.
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& document);

}  // namespace syncline::apps
