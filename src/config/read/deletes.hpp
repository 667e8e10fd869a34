// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>

#include "config/entity.hpp"
#include "config/read/reading.hpp"

namespace syncline::config {

/// `deletes:` of an entity: `ignore`, {soft: COLUMN}, or {hard: true}.
[[nodiscard]] Deletes read_deletes(const Reading& reading, const Tree& node);

/// What `deletes:` says against the rest of its entity. `writers`: what each column is written as.
void check_deletes(const Entity& entity, const std::map<std::string, std::string>& writers, std::vector<Problem>& problems);

}  // namespace syncline::config
