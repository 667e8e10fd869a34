// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "record/report.hpp"

namespace syncline::apps {

/// One entity as a line: name, stream, counts that add up, time, and what is odd.
[[nodiscard]] std::string entity_line(const record::EntityReport& report);

/// What went wrong with an entity, a line each: the rejects summed, and what ended it. Empty when nothing did.
[[nodiscard]] std::string error_lines(const record::EntityReport& report);

/// The whole report as a person reads it, ending with the next step when something is wrong.
[[nodiscard]] std::string report_text(const record::RunReport& report);

}  // namespace syncline::apps
