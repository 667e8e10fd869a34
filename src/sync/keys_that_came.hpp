// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "record/column.hpp"
#include "sync/distinct_keys.hpp"
#include "transform/transform.hpp"

namespace syncline::sync {

/// Keeps the keys that records speak of, as `which_came` compares them; `type`: of the key's column.
void add_keys(DistinctKeys& keys, const transform::SpokenKeys& spoken, record::ColumnType type);

/// For each key of the table, whether it is one of `came`. Takes one pass over these.
base::Result<std::vector<bool>> which_came(DistinctKeys& came, const std::vector<std::string>& keys, record::ColumnType type);

}  // namespace syncline::sync
