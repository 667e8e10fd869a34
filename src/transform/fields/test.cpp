// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/test.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/text.hpp"
#include "transform/lookup/lookup.hpp"

namespace syncline::transform {
namespace {

using config::Test;
using record::Value;

bool filled(const Value& value) { return !says_nothing(value) && !(value.is(Value::Type::List) && value.elements().empty()); }

int sign_of(int comparison) { return (comparison > 0) - (comparison < 0); }

int compare_magnitude(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return sign_of(a.compare(b));
}

}  // namespace

int compare(const base::Decimal& a, const base::Decimal& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  const int scale = std::max(a.scale, b.scale);
  const int magnitude = compare_magnitude(base::with_scale(a, scale)->digits, base::with_scale(b, scale)->digits);
  return a.negative ? -magnitude : magnitude;
}

tl::expected<BoundTest, std::string> BoundTest::create(const Test& test) {
  BoundTest bound;
  bound.test_ = test;
  if (test.values.empty()) return tl::unexpected(std::string("compares with nothing"));
  if (test.kind == Test::Kind::Matches) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    auto pattern = std::make_shared<const re2::RE2>(test.values[0], options);
    if (!pattern->ok())
      return tl::unexpected(fmt::format("pattern \"{}\" is not right: {}", base::shown(test.values[0], 80), pattern->error()));
    bound.pattern_ = std::move(pattern);
  }
  if (test.kind == Test::Kind::Less || test.kind == Test::Kind::Greater) {
    const auto number = base::parse_decimal(base::trim(test.values[0]));
    if (number) bound.number_ = *number;
  }
  for (std::string& word : bound.test_.values) {
    if (test.kind != Test::Kind::Matches) word = base::trim(word);
    if (test.kind == Test::Kind::Contains) word = base::lower(word);
  }
  return bound;
}

bool BoundTest::passes(const Value& value) const {
  if (test_.kind == Test::Kind::Filled) return filled(value) == (test_.values[0] == "true");
  switch (value.type()) {
    case Value::Type::Absent:
    case Value::Type::Null:
    case Value::Type::Object:
      return false;
    case Value::Type::List:
      return std::any_of(value.elements().begin(), value.elements().end(),
                         [&](const Value& one) { return !one.is(Value::Type::List) && passes(one); });
    case Value::Type::Boolean:
    case Value::Type::Number:
    case Value::Type::Text:
    case Value::Type::Reference:
      break;
  }
  return passes_text(base::trim(value.text()));
}

bool BoundTest::passes_text(std::string_view text) const {
  switch (test_.kind) {
    case Test::Kind::Equals:
    case Test::Kind::OneOf:
      return std::any_of(test_.values.begin(), test_.values.end(),
                         [&](const std::string& word) { return base::equals_ignoring_case(text, word); });
    case Test::Kind::Contains: {
      const std::string small = base::lower(text);
      return std::any_of(test_.values.begin(), test_.values.end(),
                         [&](const std::string& word) { return small.find(word) != std::string::npos; });
    }
    case Test::Kind::Matches:
      return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern_);
    case Test::Kind::Less:
      return compared(text) < 0;
    case Test::Kind::Greater:
      return compared(text) > 0;
    case Test::Kind::Filled:
      break;
  }
  return false;
}

int BoundTest::compared(std::string_view text) const {
  if (number_) {
    if (const auto number = base::parse_decimal(text)) return compare(*number, *number_);
  }
  return sign_of(text.compare(test_.values[0]));
}

}  // namespace syncline::transform
