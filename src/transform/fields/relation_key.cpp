// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/relation_key.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace syncline::transform {

using record::Cell;
using record::Value;

Made RelationKey::make(Work& work) const {
  static const record::Column unbounded;
  const Value value = source_.find(work.record, work.hints);
  if (value.absent()) return Cell::keep();
  if (says_nothing(value)) return Cell::null();
  if (value.is(Value::Type::List) || value.is(Value::Type::Object)) {
    return refuse("not_an_id", fmt::format(": `{}` is {}, not one id; name an element, as in `{}[0]`", source_.names(),
                                           record::name_of(value.type()), source_.names()));
  }
  if (kind_ == config::RelationWay::Kind::External) return checked_text(value.text(), unbounded);
  return checked_text(work.arena.copy(base::lower(base::trim(value.text()))), unbounded);
}

}  // namespace syncline::transform
