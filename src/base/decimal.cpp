// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace syncline::base {
namespace {

constexpr size_t DigitsMax = 200;
constexpr int ExponentMax = 64;

tl::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  Error error;
  error.side = Side::Source;
  error.code = "not_a_number";
  error.message = fmt::format("\"{}\" {}", shown(text, 80), why);
  return fail(std::move(error));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t digits_at(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

/// A number taken apart: what is in front of the mark, what is behind it, and the power of ten.
struct Parts {
  bool negative = false;
  std::string_view whole, fraction;
  int exponent = 0;
};

/// An exponent's digits; out of range reads as one above the limit.
int exponent_of(std::string_view digits, bool negative) {
  int value = 0;
  for (char c : digits) value = std::min(value * 10 + (c - '0'), ExponentMax + 1);
  return negative ? -value : value;
}

/// JSON number syntax with `mark` for the point; false if the text is anything else.
bool split_plain(std::string_view text, char mark, Parts& parts) {
  size_t at = 0;
  if (!text.empty() && text[0] == '-') {
    parts.negative = true;
    at = 1;
  }
  const size_t whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  parts.whole = text.substr(at, whole);
  at += whole;
  if (at < text.size() && text[at] == mark) {
    const size_t fraction = digits_at(text, at + 1);
    if (fraction == 0) return false;
    parts.fraction = text.substr(at + 1, fraction);
    at += 1 + fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool signed_exponent = at < text.size() && (text[at] == '+' || text[at] == '-');
    const bool negative = signed_exponent && text[at] == '-';
    if (signed_exponent) ++at;
    const size_t exponent = digits_at(text, at);
    if (exponent == 0) return false;
    parts.exponent = exponent_of(text.substr(at, exponent), negative);
    at += exponent;
  }
  return at == text.size();
}

Result<Decimal> assemble(std::string_view text, const Parts& parts) {
  if (parts.exponent > ExponentMax || parts.exponent < -ExponentMax) return refuse(text, "has an exponent beyond ±64");
  const int scale = int(parts.fraction.size()) - parts.exponent;
  if (parts.whole.size() + parts.fraction.size() > DigitsMax || scale >= int(DigitsMax)) return refuse(text, "has more than 200 digits");

  Decimal out;
  out.digits.clear();
  out.digits.reserve(parts.whole.size() + parts.fraction.size());
  out.digits += parts.whole;
  out.digits += parts.fraction;
  out.scale = std::max(scale, 0);
  if (scale < 0) out.digits.append(size_t(-scale), '0');
  out.digits.erase(0, std::min(out.digits.find_first_not_of('0'), out.digits.size() - 1));
  if (out.digits.size() > DigitsMax) return refuse(text, "has more than 200 digits");
  out.negative = parts.negative && out.digits != "0";
  return out;
}

// ---- amounts as people and spreadsheets write them

std::string_view without_blanks(std::string_view text) {
  static constexpr std::string_view no_break = "\xC2\xA0";
  while (true) {
    text = trim(text);
    if (text.starts_with(no_break)) {
      text.remove_prefix(no_break.size());
    } else if (text.ends_with(no_break)) {
      text.remove_suffix(no_break.size());
    } else {
      return text;
    }
  }
}

constexpr std::string_view Symbols[] = {"$", "€", "£", "¥", "₹", "₩", "₽", "₺", "₪", "₫", "₱",
                                        "฿", "₦", "₴", "₡", "₲", "₵", "₸", "₭", "₮", "₼", "₾"};
constexpr std::string_view Minus = "−";  // U+2212, as typeset reports have it

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool is_code(std::string_view text) { return std::all_of(text.begin(), text.end(), is_upper) && currency_exponent(text); }

/// Bytes of a currency at the front: "$", "US$", "€", "EUR"; 0 if there is none.
size_t currency_in_front(std::string_view text) {
  size_t letters = 0;
  while (letters < text.size() && letters < 3 && is_upper(text[letters])) ++letters;
  if (letters == 3) return is_code(text.substr(0, 3)) ? 3 : 0;
  if (letters > 0) return text.substr(letters).starts_with('$') ? letters + 1 : 0;
  for (std::string_view symbol : Symbols) {
    if (text.starts_with(symbol)) return symbol.size();
  }
  return 0;
}

size_t currency_behind(std::string_view text) {
  if (text.size() > 3 && is_code(text.substr(text.size() - 3))) return 3;
  for (std::string_view symbol : Symbols) {
    if (text.ends_with(symbol)) return symbol.size();
  }
  return 0;
}

/// What may stand around an amount, each at most once.
struct Dress {
  int signs = 0, currencies = 0;
  bool negative = false;
};

std::string_view undress_front(std::string_view text, Dress& dress) {
  while (true) {
    text = without_blanks(text);
    if (text.starts_with('-') || text.starts_with('+') || text.starts_with(Minus)) {
      dress.negative = dress.negative || !text.starts_with('+');
      ++dress.signs;
      text.remove_prefix(text.starts_with(Minus) ? Minus.size() : 1);
    } else if (const size_t size = currency_in_front(text)) {
      ++dress.currencies;
      text.remove_prefix(size);
    } else {
      return text;
    }
  }
}

std::string_view undress_back(std::string_view text, Dress& dress) {
  while (true) {
    text = without_blanks(text);
    if (text.ends_with('-') || text.ends_with(Minus)) {
      dress.negative = true;
      ++dress.signs;
      text.remove_suffix(text.ends_with(Minus) ? Minus.size() : 1);
    } else if (const size_t size = currency_behind(text)) {
      ++dress.currencies;
      text.remove_suffix(size);
    } else {
      return text;
    }
  }
}

/// Bytes of a thousands separator at the front; the mark of the other convention, blanks (also U+00A0, U+2009, U+202F) and apostrophes.
size_t separator_at(std::string_view text, char mark) {
  static constexpr std::string_view wide[] = {"\xC2\xA0", "\xE2\x80\x89", "\xE2\x80\xAF", "\xE2\x80\x99"};
  if (text.empty()) return 0;
  if (text[0] == (mark == '.' ? ',' : '.') || text[0] == ' ' || text[0] == '\'') return 1;
  for (std::string_view separator : wide) {
    if (text.starts_with(separator)) return separator.size();
  }
  return 0;
}

/// "1,234,567": the digits alone, or nothing when the groups are not right. `whole` gets what was read.
bool join_groups(std::string_view text, char mark, std::string& whole, size_t& at) {
  const size_t first = digits_at(text, 0);
  whole = text.substr(0, first);
  at = first;
  const size_t size = separator_at(text.substr(at), mark);
  if (size == 0) return true;
  if (first == 0 || first > 3 || text[0] == '0') return false;
  const std::string_view separator = text.substr(at, size);
  while (text.substr(at).starts_with(separator)) {
    if (digits_at(text, at + size) != 3) return false;
    whole += text.substr(at + size, 3);
    at += size + 3;
  }
  return true;
}

Result<Decimal> parse_dressed(std::string_view text, const AmountFormat& format) {
  Dress dress;
  std::string_view body = without_blanks(text);
  if (body.size() > 2 && body.front() == '(' && body.back() == ')') {
    dress.negative = true;
    ++dress.signs;
    body = body.substr(1, body.size() - 2);
  }
  body = undress_back(undress_front(body, dress), dress);
  if (dress.signs > 1) return refuse(text, "has more than one sign");
  if (dress.currencies > 1) return refuse(text, "names more than one currency");

  std::string whole;
  size_t at = 0;
  if (!join_groups(body, format.decimal_mark, whole, at)) return refuse(text, "is not grouped in threes, so its value would be a guess");
  std::string_view fraction;
  if (at < body.size() && body[at] == format.decimal_mark) {
    fraction = body.substr(at + 1, digits_at(body, at + 1));
    if (fraction.empty()) return refuse(text, "is not an amount");
    at += 1 + fraction.size();
  }
  if (at != body.size() || (whole.empty() && fraction.empty())) return refuse(text, "is not an amount");
  if (whole.empty()) whole = "0";
  return assemble(text, {dress.negative, whole, fraction, 0});
}

}  // namespace

Result<Decimal> parse_decimal(std::string_view text, const AmountFormat& format) {
  Parts parts;
  if (split_plain(text, format.decimal_mark, parts)) return assemble(text, parts);
  if (trim(text).empty()) return refuse(text, "is blank, not a number");
  // A declared decimal comma says that the point separates thousands, dressed or not.
  if (format.decorated || format.decimal_mark != '.') return parse_dressed(text, format);
  return refuse(text, "is not a number");
}

std::string to_string(const Decimal& value) {
  std::string out = value.digits;
  const size_t scale = size_t(std::max(value.scale, 0));
  if (out.size() <= scale) out.insert(0, scale + 1 - out.size(), '0');
  if (scale > 0) out.insert(out.size() - scale, 1, '.');
  if (value.negative) out.insert(0, 1, '-');
  return out;
}

std::optional<Decimal> with_scale(const Decimal& value, int scale) {
  if (scale < 0) return std::nullopt;
  Decimal out = value;
  out.scale = scale;
  if (value.digits == "0") return out;
  if (scale >= value.scale) {
    out.digits.append(size_t(scale - value.scale), '0');
    return out;
  }
  const size_t cut = size_t(value.scale - scale);
  const size_t last = value.digits.find_last_not_of('0');
  if (value.digits.size() <= cut || value.digits.size() - 1 - last < cut) return std::nullopt;
  out.digits.resize(value.digits.size() - cut);
  return out;
}

std::optional<int64_t> to_int64(const Decimal& value) {
  const std::optional<Decimal> whole = with_scale(value, 0);
  if (!whole) return std::nullopt;
  const std::string text = to_string(*whole);
  int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace syncline::base
