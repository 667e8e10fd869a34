// SPDX-License-Identifier: Apache-2.0
#include "config/dialing.hpp"
#include "transform/cells/cell.hpp"

namespace syncline::transform {

using record::Value;

/// Some sources send the digits as a number.
Made make_phone(const Value& value, const Making& making) {
  const bool readable = value.is(Value::Type::Text) || value.is(Value::Type::Number);
  if (!readable) return refuse_value("not_a_phone", value, "is not a telephone number");
  auto number = base::parse_phone(value.text(), config::dialing_plan(making.field));
  if (!number) return refuse("not_a_phone", number.error());
  return checked_text(making.arena.copy(*number), making.column);
}

}  // namespace syncline::transform
