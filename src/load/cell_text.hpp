// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "record/row_batch.hpp"

namespace syncline::load {

/// A cell as a person reads it, e.g. a key in a reject.
[[nodiscard]] std::string text_of(const record::Cell& cell);

}  // namespace syncline::load
