// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "base/text.hpp"
#include "transform/cells/cell.hpp"

namespace syncline::transform {
namespace {

using base::Decimal;
using record::Cell;
using record::Value;

tl::unexpected<Refusal> out_of_range(std::string_view number, const record::Column& column) {
  return refuse("out_of_range", fmt::format(" is {}, which does not fit into {}", base::shown(number, 80),
                                            column.declared.empty() ? "the column" : column.declared));
}

}  // namespace

tl::expected<Decimal, Refusal> decimal_of(const Value& value, const config::FieldMapping& field, std::string_view code) {
  base::Result<Decimal> number;
  switch (value.type()) {
    case Value::Type::Number:
      number = base::parse_decimal(value.text());
      break;
    case Value::Type::Text:
      number =
          base::parse_decimal(base::trim(value.text()), {field.decorated || field.type == config::FieldType::Money, field.decimal_mark});
      break;
    case Value::Type::Reference:
      number = base::parse_decimal(value.text());
      break;
    case Value::Type::Boolean:
    case Value::Type::List:
    case Value::Type::Object:
    case Value::Type::Null:
    case Value::Type::Absent:
      return refuse(std::string(code), fmt::format(" is {}, not a number", record::name_of(value.type())));
  }
  if (!number) return refuse(std::string(code), number.error());
  return std::move(*number);
}

Made fitted_integer(int64_t value, const record::Column& column) {
  const int bits = column.bytes * 8;
  if (bits < 64) {
    const int64_t limit = int64_t{1} << (bits - 1);
    if (value < -limit || value >= limit) return out_of_range(std::to_string(value), column);
  }
  return Cell::of(value);
}

Made make_integer(const Value& value, const Making& making) {
  if (value.is(Value::Type::Number) || value.is(Value::Type::Text) || value.is(Value::Type::Reference)) {
    const std::string_view digits = base::trim(value.text());
    int64_t whole = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
    if (error == std::errc() && end == digits.data() + digits.size()) return fitted_integer(whole, making.column);
  }
  const auto number = decimal_of(value, making.field, "not_an_integer");
  if (!number) return tl::unexpected(number.error());
  if (!base::with_scale(*number, 0)) return refuse_value("not_an_integer", value, "is not a whole number");
  const std::optional<int64_t> whole = base::to_int64(*number);
  return whole ? fitted_integer(*whole, making.column) : out_of_range(value.text(), making.column);
}

Made fitted_decimal(const Decimal& value, const Making& making) {
  const record::Column& column = making.column;
  const Decimal* fitted = &value;
  std::optional<Decimal> scaled;
  if (column.scale) {
    scaled = base::with_scale(value, std::max(*column.scale, 0));
    if (!scaled) {
      return refuse("too_precise",
                    fmt::format(" is {}, which has more places behind the point than {} keeps; it would have to be rounded",
                                base::shown(base::to_string(value), 80), column.declared.empty() ? "the column" : column.declared));
    }
    fitted = &*scaled;
  }
  const std::string text = base::to_string(*fitted);
  const int in_front = int(fitted->digits.size()) - fitted->scale;
  if (column.precision && fitted->digits != "0" && in_front > *column.precision - column.scale.value_or(0))
    return out_of_range(text, column);
  return Cell::decimal(making.arena.copy(text));
}

Made make_decimal(const Value& value, const Making& making) {
  const auto number = decimal_of(value, making.field, "not_a_number");
  if (!number) return tl::unexpected(number.error());
  return fitted_decimal(*number, making);
}

}  // namespace syncline::transform
