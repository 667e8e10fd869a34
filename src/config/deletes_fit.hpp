// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "config/entity.hpp"
#include "record/column.hpp"

namespace syncline::config {

/// Why rows of this table cannot be deleted as the entity says, and what to do; "" if they can. What `plan` tells beforehand and a sync
/// goes by.
[[nodiscard]] std::string delete_objection(const Entity& entity, const record::Table& table);

}  // namespace syncline::config
