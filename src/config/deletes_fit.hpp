// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "config/entity.hpp"
#include "record/column.hpp"

namespace syncline::config {

/// Why rows of this table cannot be deleted as the entity says, and what to do; "" if they can. What `plan` tells beforehand and a sync
/// goes by. `key_collation`: by which different texts of the key can be equal; "" if there is none.
[[nodiscard]] std::string delete_objection(const Entity& entity, const record::Table& table, std::string_view key_collation);

}  // namespace syncline::config
