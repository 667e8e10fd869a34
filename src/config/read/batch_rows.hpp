// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>

#include "config/read/reading.hpp"

namespace syncline::config {

/// `batch_rows:` of an entity, or of syncline.yaml for all of them.
[[nodiscard]] std::optional<int64_t> read_batch_rows(const Reading& reading, const Tree& node);

}  // namespace syncline::config
