// SPDX-License-Identifier: Apache-2.0
#include "config/dialing.hpp"

namespace syncline::config {

base::DialingPlan dialing_plan(const FieldMapping& field) {
  base::DialingPlan plan = base::dialing_plan(field.calling_code);
  if (field.trunk) plan.trunk = *field.trunk;
  if (field.drops_extension) plan.extension = base::PhoneExtension::Drop;
  return plan;
}

std::optional<base::DialingPlan> phone_plan(const Entity& entity, std::string_view column) {
  for (const FieldMapping& field : entity.fields) {
    if (field.column == column && field.type == FieldType::Phone) return dialing_plan(field);
  }
  return std::nullopt;
}

}  // namespace syncline::config
