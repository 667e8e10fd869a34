// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace syncline::state {

/// What a text column of ours can hold: the offending value may be the very thing a database refuses. NUL is written as JSON does, a byte
/// that is no UTF-8 as U+FFFD, a secret not at all.
[[nodiscard]] std::string storable(std::string_view text);

}  // namespace syncline::state
