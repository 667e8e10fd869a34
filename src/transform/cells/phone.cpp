// SPDX-License-Identifier: Apache-2.0
#include "base/phone.hpp"

#include "transform/cells/cell.hpp"

namespace syncline::transform {

using record::Value;

/// Some sources send the digits as a number.
Made make_phone(const Value& value, const Making& making) {
  const bool readable = value.is(Value::Type::Text) || value.is(Value::Type::Number);
  if (!readable) return refuse_value("not_a_phone", value, "is not a telephone number");
  base::DialingPlan plan = base::dialing_plan(making.field.calling_code);
  if (making.field.trunk) plan.trunk = *making.field.trunk;
  if (making.field.drops_extension) plan.extension = base::PhoneExtension::Drop;
  auto number = base::parse_phone(value.text(), plan);
  if (!number) return refuse("not_a_phone", number.error());
  return checked_text(making.arena.copy(*number), making.column);
}

}  // namespace syncline::transform
