// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "config/read/cross_checks.hpp"

namespace syncline::config {

/// Two entities that write one column of the same rows overwrite each other with every run. Those that write different columns, or rows
/// that cannot be the same, and those that both only fill the column, may share a table.
void check_shared_columns(const std::vector<EntityFile>& entities, std::vector<Problem>& problems);

}  // namespace syncline::config
