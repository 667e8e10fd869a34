// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>

#include "base/result.hpp"
#include "extract/answer_path.hpp"

namespace syncline::extract {

/// The count an answer declares at `path`: a number or its digits as text. nullopt without a path, and where an empty page leaves it out;
/// ContractDrift naming the path when it is missing or something else.
base::Result<std::optional<int64_t>> declared_count(const AnswerPath& path, record::Value envelope, int64_t records);

}  // namespace syncline::extract
