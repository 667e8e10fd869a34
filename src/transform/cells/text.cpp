// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/text.hpp"
#include "transform/cells/cell.hpp"

namespace syncline::transform {
namespace {

using record::Cell;
using record::Value;

/// Neither NUL nor anything beyond ASCII: eight bytes at a time, for it is asked of every text.
bool plain_ascii(std::string_view text) {
  constexpr uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    // A byte that is zero borrows into its high bit; a byte beyond ASCII has it.
    if (((word - ones) | word) & highs) return false;
  }
  return std::all_of(text.begin() + std::ptrdiff_t(at), text.end(), [](char c) { return c != 0 && uint8_t(c) < 0x80; });
}

size_t characters(std::string_view text) {
  return size_t(std::count_if(text.begin(), text.end(), [](char c) { return (uint8_t(c) & 0xC0) != 0x80; }));
}

bool is_collection(const Value& value) { return value.is(Value::Type::List) || value.is(Value::Type::Object); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

tl::unexpected<Refusal> refuse_value(std::string code, const Value& value, std::string_view why) {
  return refuse(std::move(code), fmt::format(" is \"{}\", which {}", base::shown(value.text(), 80), why));
}

Made checked_text(std::string_view text, const record::Column& column) {
  size_t length = text.size();
  if (!plain_ascii(text)) {
    if (text.find('\0') != std::string_view::npos) {
      return refuse("nul_in_text", fmt::format(" holds a NUL character at byte {}, which no text column can store", text.find('\0')));
    }
    if (const size_t at = base::invalid_utf8_at(text); at != std::string_view::npos) {
      return refuse("invalid_utf8", fmt::format(" is not valid UTF-8 at byte {}", at));
    }
    length = characters(text);
  }
  if (column.length_max && length > size_t(std::max(*column.length_max, 0))) {
    return refuse("too_long",
                  fmt::format(" is {} characters long; the column holds {}", base::with_thousands(int64_t(length)), *column.length_max));
  }
  return Cell::of(text);
}

Made make_text(const Value& value, const Making& making) {
  if (is_collection(value))
    return refuse("not_text", fmt::format(" is {}, not text; declare `type: json` to store it whole", record::name_of(value.type())));
  return checked_text(value.text(), making.column);
}

Made make_other(const Value& value, const Making& making) {
  const std::vector<std::string>& labels = making.column.labels;
  Made text = make_text(value, making);
  if (!text || labels.empty() || std::find(labels.begin(), labels.end(), text->text()) != labels.end()) return text;
  return refuse_value("unknown_value", value,
                      fmt::format("is not among the labels of {}: {}", making.column.declared, base::joined(labels, ", ")));
}

Made make_email(const Value& value, const Making& making) {
  const std::string_view address = base::trim(value.text());
  const size_t at = address.find('@');
  const bool one_at = at != std::string_view::npos && address.find('@', at + 1) == std::string_view::npos;
  const bool blank_inside = std::any_of(address.begin(), address.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
  if (!value.is(Value::Type::Text) || !one_at || at == 0 || at + 1 == address.size() || blank_inside) {
    return refuse_value("not_an_email", value, "is not an e-mail address");
  }
  return checked_text(address, making.column);
}

Made make_uuid(const Value& value, const Making& making) {
  const std::string_view text = base::trim(value.text());
  std::string digits;
  bool good = value.is(Value::Type::Text) && (text.size() == 36 || text.size() == 32);
  for (size_t at = 0; good && at < text.size(); ++at) {
    const bool dash = text.size() == 36 && (at == 8 || at == 13 || at == 18 || at == 23);
    good = dash ? text[at] == '-' : hex_digit(text[at]) >= 0;
    if (!dash) digits += text[at];
  }
  if (!good) return refuse_value("not_a_uuid", value, "is not a UUID");
  for (size_t at : {20, 16, 12, 8}) digits.insert(at, 1, '-');
  return Cell::of(making.arena.copy(base::lower(digits)));
}

Made make_boolean(const Value& value, const Making&) {
  const std::string_view text = base::trim(value.text());
  if (!is_collection(value)) {
    for (std::string_view word : {"true", "t", "yes", "1"}) {
      if (base::equals_ignoring_case(text, word)) return Cell::of(true);
    }
    for (std::string_view word : {"false", "f", "no", "0"}) {
      if (base::equals_ignoring_case(text, word)) return Cell::of(false);
    }
  }
  return refuse_value("not_a_boolean", value, "is neither true nor false");
}

}  // namespace syncline::transform
