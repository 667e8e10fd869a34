// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "config/entity.hpp"
#include "config/read/reading.hpp"

namespace syncline::config {

/// entities/NAME.yaml. `reading` replaces ${settings.x} with those of the entity's account. What could not be read is left out, and
/// reported.
[[nodiscard]] Entity read_entity_file(const Reading& reading, const Tree& root, const std::string& name);

}  // namespace syncline::config
