// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.hpp"
#include "transform/cells/cell.hpp"

namespace syncline::transform {
namespace {

using base::Decimal;
using record::ColumnType;

/// The amount in the other unit: the point moves, no digit changes.
Decimal in_minor(Decimal major, int exponent) {
  if (major.scale >= exponent) {
    major.scale -= exponent;
    return major;
  }
  if (major.digits != "0") major.digits.append(size_t(exponent - major.scale), '0');
  major.scale = 0;
  return major;
}

Decimal in_major(Decimal minor, int exponent) {
  minor.scale += exponent;
  return minor;
}

}  // namespace

Made make_money(const record::Value& value, const Making& making, int exponent) {
  const auto amount = decimal_of(value, making.field, "not_an_amount");
  if (!amount) return tl::unexpected(amount.error());

  const bool stored_minor = making.column.type == ColumnType::Integer || making.field.money_as_minor;
  const bool sent_minor = making.field.unit == config::MoneyUnit::Minor;
  if (!stored_minor) return fitted_decimal(sent_minor ? in_major(*amount, exponent) : *amount, making);

  const std::optional<Decimal> minor = base::with_scale(sent_minor ? *amount : in_minor(*amount, exponent), 0);
  if (!minor) {
    return refuse("too_precise",
                  fmt::format(" is {}, which is not a whole number of the currency's smallest unit ({} places behind the point)",
                              base::shown(value.text(), 80), sent_minor ? 0 : exponent));
  }
  if (making.column.type != ColumnType::Integer) return fitted_decimal(*minor, making);
  const std::optional<int64_t> whole = base::to_int64(*minor);
  return whole ? fitted_integer(*whole, making.column) : refuse_value("out_of_range", value, "does not fit into 64 bits of minor units");
}

}  // namespace syncline::transform
