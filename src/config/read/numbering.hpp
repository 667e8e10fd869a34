// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "config/entity.hpp"
#include "config/read/reading.hpp"

namespace syncline::config {

/// Whether an entry of `fields:` is a number we give, not a value of the record's.
[[nodiscard]] bool is_numbering(const Tree::Entry& entry);

/// {sequence: NAME, create: after_max} or {next_in: RELATION}.
[[nodiscard]] Numbering read_numbering(const Reading& reading, const Tree::Entry& entry);

}  // namespace syncline::config
