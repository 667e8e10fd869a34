// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/relation_key.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace syncline::transform {

using record::Cell;
using record::Value;

namespace {

const record::Column Unbounded;

}  // namespace

Made RelationKey::make(Work& work) const {
  const Value value = source_.find(work.record, work.hints);
  if (value.absent()) return Cell::keep();
  if (says_nothing(value)) return Cell::null();
  if (value.is(Value::Type::List) || value.is(Value::Type::Object)) {
    return refuse("not_an_id", fmt::format(": `{}` is {}, not one id; name an element, as in `{}[0]`", source_.names(),
                                           record::name_of(value.type()), source_.names()));
  }
  if (kind_ == config::RelationWay::Kind::External) return external_id(value, work);
  return checked_text(work.arena.copy(base::lower(base::trim(value.text()))), Unbounded);
}

Made RelationKey::external_id(const Value& value, Work& work) const {
  Made as_sent = checked_text(value.text(), Unbounded);
  if (!as_sent || !parent_key_) return as_sent;
  // A reference names its parent by an id, whatever else it says.
  const Made key = parent_key_->convert(value.is(Value::Type::Reference) ? Value::text(value.text()) : value, work);
  if (!key || key->type == Cell::Type::Text) return key ? key : as_sent;
  return Cell::of(work.arena.copy(canonical(*key)));
}

}  // namespace syncline::transform
