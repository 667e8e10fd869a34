// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "config/entity.hpp"
#include "config/read/reading.hpp"

namespace syncline::config {

/// One entry of `fields:`: a path or a list of them, or the full map.
[[nodiscard]] FieldMapping read_field(const Reading& reading, const Tree::Entry& entry);

}  // namespace syncline::config
