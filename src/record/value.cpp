// SPDX-License-Identifier: Apache-2.0
#include "record/value.hpp"

namespace syncline::record {

Value Value::object(std::span<const Field> fields, std::string_view json) {
  return Value(Type::Object, json, fields.data(), fields.size());
}

std::string_view Value::text() const {
  const Reference* to = reference();
  return to ? to->id : text_;
}

std::span<const Field> Value::fields() const {
  if (const Reference* to = reference()) return to->fields;
  return type_ == Type::Object ? std::span(static_cast<const Field*>(items_), size_) : std::span<const Field>();
}

std::string_view name_of(Value::Type type) {
  switch (type) {
    case Value::Type::Absent:
      return "absent";
    case Value::Type::Null:
      return "null";
    case Value::Type::Boolean:
      return "a boolean";
    case Value::Type::Number:
      return "a number";
    case Value::Type::Text:
      return "text";
    case Value::Type::List:
      return "a list";
    case Value::Type::Object:
      return "an object";
    case Value::Type::Reference:
      return "a relation";
  }
  return "absent";
}

}  // namespace syncline::record
