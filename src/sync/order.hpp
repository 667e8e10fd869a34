// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/project.hpp"

namespace syncline::sync {

/// The wanted entities (all when empty), parents before children, otherwise in the project's order. An unknown name is a BadConfig error
/// with the nearest known one.
base::Result<std::vector<const config::Entity*>> ordered_entities(const config::Project& project, const std::vector<std::string>& wanted);

}  // namespace syncline::sync
