// SPDX-License-Identifier: Apache-2.0
#include "transform/lookup/lookup.hpp"

#include "base/text.hpp"

namespace syncline::transform {
namespace {

using record::Field;
using record::Value;

constexpr Value Nothing;

/// Whether base::folded_name(name) == folded, without making the string: this runs for every field of a record that lacks the name.
bool folds_to(std::string_view name, std::string_view folded) {
  size_t at = 0;
  for (char c : name) {
    if (c == '_' || c == ' ' || (c >= '\t' && c <= '\r')) continue;
    const char small = c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c;
    if (at == folded.size() || folded[at] != small) return false;
    ++at;
  }
  return at == folded.size();
}

/// The only field whose name folds to `folded`; null if there is none or more than one, for then it would be a guess.
const Field* only_folded(std::span<const Field> fields, std::string_view folded) {
  const Field* found = nullptr;
  for (const Field& field : fields) {
    if (!folds_to(field.name, folded)) continue;
    if (found) return nullptr;
    found = &field;
  }
  return found;
}

const Field* field_named(std::span<const Field> fields, const config::Path::Step& step, Hint& hint) {
  if (hint.at < fields.size()) {
    const std::string_view name = fields[hint.at].name;
    if ((hint.name && name.data() == hint.name) || name == step.name) return &fields[hint.at];
  }
  for (const Field& field : fields) {
    if (field.name != step.name) continue;
    hint = {uint32_t(&field - fields.data()), field.name.data()};
    return &field;
  }
  return only_folded(fields, step.folded);
}

/// A JSON:API resource has an id and a type although they are no attributes of it.
Value identity_of(const Value& value, const config::Path::Step& step) {
  const record::Reference* to = value.reference();
  if (to && step.folded == "id") return Value::text(to->id);
  if (to && step.folded == "type") return Value::text(to->type);
  return {};
}

}  // namespace

Lookup::Lookup(config::Source source, size_t& hints) : source_(std::move(source)) {
  for (const config::Path& path : source_.paths) {
    Steps& steps = paths_.emplace_back();
    for (const config::Path::Step& step : path.steps) steps.push_back({step, step.index ? 0 : hints++});
  }
}

Value Lookup::find(const record::Record& record, Hints& hints) const {
  Value first;
  for (const Steps& steps : paths_) {
    Value made;
    const Value& value = follow(steps, record, hints, made);
    if (value.absent()) continue;
    if (!source_.first_value || !says_nothing(value)) return value;
    if (first.absent()) first = value;
  }
  return first;
}

/// The value where it lies; `made` has room for one that lies nowhere.
const Value& Lookup::follow(const Steps& steps, const record::Record& record, Hints& hints, Value& made) {
  std::span<const Field> fields = record.fields;
  made = steps.empty() ? Value::object(fields, record.source) : Value();
  const Value* value = &made;
  for (const auto& [step, hint] : steps) {
    if (step.index) {
      const std::span<const Value> elements = value->elements();
      value = *step.index < elements.size() ? &elements[*step.index] : &Nothing;
    } else if (const Field* field = field_named(fields, step, hints[hint])) {
      value = &field->value;
    } else {
      made = identity_of(*value, step);
      value = &made;
    }
    // Of nothing there is nothing: `user.email` of a reservation whose user is null is null, not unknown.
    if (value->absent() || value->is(Value::Type::Null)) return *value;
    fields = value->fields();
  }
  return *value;
}

std::string Lookup::names() const {
  std::vector<std::string> names;
  names.reserve(source_.paths.size());
  for (const config::Path& path : source_.paths) names.push_back(path.text);
  return base::joined(names, ", ");
}

bool says_nothing(const Value& value) {
  switch (value.type()) {
    case Value::Type::Absent:
    case Value::Type::Null:
      return true;
    case Value::Type::Text:
      return base::trim(value.text()).empty();
    case Value::Type::Boolean:
    case Value::Type::Number:
    case Value::Type::List:
    case Value::Type::Object:
    case Value::Type::Reference:
      return false;
  }
  return false;
}

}  // namespace syncline::transform
