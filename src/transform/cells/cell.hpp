// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "base/arena.hpp"
#include "base/decimal.hpp"
#include "base/error.hpp"
#include "base/result.hpp"
#include "config/entity.hpp"
#include "record/column.hpp"
#include "record/row_batch.hpp"
#include "record/value.hpp"

/// How one value becomes one cell, a function for each type. Values handed in are neither absent nor null.
namespace syncline::transform {

/// Why a value cannot be a cell. It becomes the Reject of its record.
struct Refusal {
  std::string code;    ///< of the Reject
  std::string reason;  ///< goes on after the column's name: " is \"abc\", which is not a number"
};

using Made = tl::expected<record::Cell, Refusal>;

[[nodiscard]] inline tl::unexpected<Refusal> refuse(std::string code, std::string reason) {
  return tl::unexpected(Refusal{std::move(code), std::move(reason)});
}
/// The refusal that an error of a parser is; its message names the value already.
[[nodiscard]] inline tl::unexpected<Refusal> refuse(std::string code, const base::Error& error) {
  return refuse(std::move(code), ": " + error.message);
}
/// " is "…", which <why>", with the value shortened.
[[nodiscard]] tl::unexpected<Refusal> refuse_value(std::string code, const record::Value& value, std::string_view why);

/// What a value becomes a cell with.
struct Making {
  const config::FieldMapping& field;
  const record::Column& column;
  base::Arena& arena;
  std::optional<base::Zone> zone = {};  ///< that the field declares, or the record names
};

Made make_text(const record::Value& value, const Making& making);
/// Text for a column whose type we do not know, or an enum whose labels we do.
Made make_other(const record::Value& value, const Making& making);
Made make_email(const record::Value& value, const Making& making);
/// As E.164 writes it: "+13125550142".
Made make_phone(const record::Value& value, const Making& making);
Made make_uuid(const record::Value& value, const Making& making);
Made make_json(const record::Value& value, const Making& making);
Made make_boolean(const record::Value& value, const Making& making);
Made make_integer(const record::Value& value, const Making& making);
Made make_decimal(const record::Value& value, const Making& making);
/// `exponent`: places behind the point of the amount's currency.
Made make_money(const record::Value& value, const Making& making, int exponent);
Made make_timestamp(const record::Value& value, const Making& making);
Made make_local_timestamp(const record::Value& value, const Making& making);
Made make_date(const record::Value& value, const Making& making);
Made make_time(const record::Value& value, const Making& making);

/// Valid UTF-8, no NUL, not longer than the column: what every text must be.
Made checked_text(std::string_view text, const record::Column& column);
/// A decimal as the column holds it; "too_precise" if a digit would be cut, "out_of_range" if it has too many in front of the point.
Made fitted_decimal(const base::Decimal& value, const Making& making);
/// An integer that fits the column's bytes.
Made fitted_integer(int64_t value, const record::Column& column);

/// The number a value is, read by the field's declared format.
tl::expected<base::Decimal, Refusal> decimal_of(const record::Value& value, const config::FieldMapping& field, std::string_view code);

}  // namespace syncline::transform
