// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace syncline::base {

/// An exact decimal number of any size: what an amount is from the source's text to the column, never a double.
/// value = (negative ? -1 : 1) × digits × 10^-scale.
struct Decimal {
  bool negative = false;
  std::string digits = "0";  ///< '0'…'9' only, without leading zeros (zero is "0", never negative)
  int scale = 0;             ///< digits behind the point, ≥ 0; trailing zeros of the source are kept: "1.50" has scale 2

  bool operator==(const Decimal&) const = default;
};

/// How an amount may be dressed in the source's text.
struct AmountFormat {
  bool decorated = false;   ///< accept "$1,234.50", "(12.30)", "EUR 5", "1 234.50", a trailing minus; otherwise JSON number syntax only
  char decimal_mark = '.';  ///< ',' reads "1.234,56"; the other of the two is then the thousands separator, only in groups of three
};

/// Reads a decimal exactly. Exponents are resolved ("1E+2" → 100) within ±64 places; more than 200 digits, NaN, Infinity, blank or anything
/// left over is an error whose message says what was found. Grouping must be right ("1,23.4" is refused, not guessed).
Result<Decimal> parse_decimal(std::string_view text, const AmountFormat& format = {});

/// Plain notation with exactly its scale: "-1234.50".
[[nodiscard]] std::string to_string(const Decimal& value);

/// The same number with `scale` places; nullopt if that would cut a digit other than zero.
[[nodiscard]] std::optional<Decimal> with_scale(const Decimal& value, int scale);

/// The number as a 64-bit integer; nullopt if it has a fraction or does not fit.
[[nodiscard]] std::optional<int64_t> to_int64(const Decimal& value);

/// Places behind the point of a currency (ISO 4217): JPY 0, KWD 3, most 2; nullopt for a code that is not in the standard's list.
[[nodiscard]] std::optional<int> currency_exponent(std::string_view currency);

}  // namespace syncline::base
