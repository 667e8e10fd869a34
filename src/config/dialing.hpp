// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/phone.hpp"
#include "config/entity.hpp"

namespace syncline::config {

/// How numbers of a field of type phone are read: its `calling_code`, `trunk` and `extension`.
[[nodiscard]] base::DialingPlan dialing_plan(const FieldMapping& field);
/// The same of the field that writes a column of an entity; nullopt where that is no telephone number's.
[[nodiscard]] std::optional<base::DialingPlan> phone_plan(const Entity& entity, std::string_view column);

}  // namespace syncline::config
