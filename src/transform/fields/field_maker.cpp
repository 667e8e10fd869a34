// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/field_maker.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace syncline::transform {

using config::Policy;
using record::Cell;
using record::Value;

FieldMaker::FieldMaker(const config::FieldMapping& field, const record::Column& column, const config::RuleSet* rules, size_t& hints,
                       std::vector<config::Problem>& problems)
    : field_(field), source_(field.from, hints), values_(field.values) {
  auto converter = Converter::create(field, column, hints);
  if (!converter) {
    problems.push_back({field.place, fmt::format("`{}`: {}", field.column, converter.error())});
    return;
  }
  converter_ = std::move(*converter);
  if (rules) {
    auto bound = Rules::create(*rules, hints);
    if (!bound) {
      problems.push_back(bound.error());
      return;
    }
    rules_ = std::move(*bound);
  }
  check_constants(problems);
}

/// What the files say themselves must fit the column: found now, not in the first record that needs it.
void FieldMaker::check_constants(std::vector<config::Problem>& problems) const {
  if (converter_.needs_record()) return;
  if (field_.constant) check_constant(*field_.constant, "const", field_.place, problems);
  if (field_.fallback) check_constant(*field_.fallback, "default", field_.place, problems);
  if (field_.otherwise && !field_.otherwise_policy) check_constant(*field_.otherwise, "otherwise", field_.place, problems);
  for (const auto& [word, becomes] : field_.values) {
    if (becomes) check_constant(*becomes, "values", field_.place, problems);
  }
  if (!rules_) return;
  for (const auto& [place, text] : rules_->outcomes()) check_constant(text, "then", place, problems);
}

void FieldMaker::check_constant(std::string_view text, std::string_view key, const config::Place& place,
                                std::vector<config::Problem>& problems) const {
  base::Arena arena;
  Work work{{}, {}, arena, {}};
  const Made cell = converter_.convert(Value::text(text), work);
  if (!cell) problems.push_back({place, fmt::format("`{}`: what `{}` gives{}", field_.column, key, cell.error().reason)});
}

FieldMaker::Outcome FieldMaker::make(Work& work) const {
  if (field_.constant) return converted_own(*field_.constant, work);
  if (!rules_) return make_found(source_.find(work.record, work.hints), work);

  const auto outcome = rules_->classify(work);
  if (!outcome) return tl::unexpected(Failure{outcome.error(), {}});
  return outcome->is(Value::Type::Null) ? make_empty(work) : converted_own(outcome->text(), work);
}

FieldMaker::Outcome FieldMaker::make_found(const Value& value, Work& work) const {
  if (value.absent()) return make_missing(work);
  if (value.is(Value::Type::Null)) return make_empty(work);
  if (says_nothing(value)) return make_blank(value, work);
  if (!values_.empty()) return make_mapped(value, work);
  return converted(value, work);
}

FieldMaker::Outcome FieldMaker::make_missing(Work& work) const {
  if (field_.fallback) return converted_own(*field_.fallback, work);
  switch (field_.on_missing) {
    case Policy::Keep:
      return Cell::keep();
    case Policy::Null:
      return Cell::null();
    case Policy::Reject:
      break;
  }
  return tl::unexpected(Failure{{"missing", fmt::format(" is missing: the record has none of {}", source_.names())}, {}});
}

FieldMaker::Outcome FieldMaker::make_empty(Work& work) const {
  return field_.fallback ? converted_own(*field_.fallback, work) : Outcome(Cell::null());
}

FieldMaker::Outcome FieldMaker::make_blank(const Value& value, Work& work) const {
  if (const std::optional<std::string>* becomes = values_.find(value.text()))
    return *becomes ? converted_own(**becomes, work) : Outcome(Cell::null());
  if (!field_.blank) {
    if (converter_.textual()) return values_.empty() ? converted(value, work) : make_outside(value, work);
    return tl::unexpected(Failure{{"blank", " is blank; say with `blank: null` or `keep` what that means"}, value});
  }
  switch (*field_.blank) {
    case Policy::Keep:
      return Cell::keep();
    case Policy::Null:
      return make_empty(work);
    case Policy::Reject:
      break;
  }
  return tl::unexpected(Failure{{"blank", " is blank"}, value});
}

FieldMaker::Outcome FieldMaker::make_mapped(const Value& value, Work& work) const {
  const bool comparable = !value.is(Value::Type::List) && !value.is(Value::Type::Object);
  const std::optional<std::string>* becomes = comparable ? values_.find(value.text()) : nullptr;
  if (!becomes) return make_outside(value, work);
  return *becomes ? converted_own(**becomes, work) : Outcome(Cell::null());
}

/// A word the map does not know. Without a declared way it is refused: a guess would hide what the source has begun to say.
FieldMaker::Outcome FieldMaker::make_outside(const Value& value, Work& work) const {
  if (!field_.otherwise_policy && field_.otherwise) return converted_own(*field_.otherwise, work);
  switch (field_.otherwise_policy.value_or(Policy::Reject)) {
    case Policy::Keep:
      return converted(value, work);
    case Policy::Null:
      return Cell::null();
    case Policy::Reject:
      break;
  }
  return tl::unexpected(Failure{
      {"unknown_value", fmt::format(" is \"{}\", which is not in the map; known: {}", base::shown(value.text(), 80), values_.known())},
      value});
}

FieldMaker::Outcome FieldMaker::converted(const Value& value, Work& work) const {
  Made cell = converter_.convert(value, work);
  if (!cell) return tl::unexpected(Failure{std::move(cell).error(), value});
  return *cell;
}

/// A text of the files' own: the cell must not point into the mapping, which may end before the rows do.
FieldMaker::Outcome FieldMaker::converted_own(std::string_view text, Work& work) const {
  return converted(Value::text(work.arena.copy(text)), work);
}

}  // namespace syncline::transform
