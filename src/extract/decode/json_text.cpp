// SPDX-License-Identifier: Apache-2.0
#include "extract/decode/json_text.hpp"

#include <cstdint>

namespace syncline::extract {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t after_digits(std::string_view token, size_t at) {
  while (at < token.size() && is_digit(token[at])) ++at;
  return at;
}

/// The four hexadecimal digits at `at`, or -1.
int32_t code_unit(std::string_view content, size_t at) {
  if (at + 4 > content.size()) return -1;
  int32_t unit = 0;
  for (const char c : content.substr(at, 4)) {
    const int digit = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

char* put_utf8(char* out, uint32_t point) {
  if (point < 0x80) {
    *out++ = char(point);
  } else if (point < 0x800) {
    *out++ = char(0xC0 | (point >> 6));
    *out++ = char(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    *out++ = char(0xE0 | (point >> 12));
    *out++ = char(0x80 | ((point >> 6) & 0x3F));
    *out++ = char(0x80 | (point & 0x3F));
  } else {
    *out++ = char(0xF0 | (point >> 18));
    *out++ = char(0x80 | ((point >> 12) & 0x3F));
    *out++ = char(0x80 | ((point >> 6) & 0x3F));
    *out++ = char(0x80 | (point & 0x3F));
  }
  return out;
}

/// The character a one-letter escape means, or -1.
int simple_escape(char letter) {
  switch (letter) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '/':
      return '/';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return -1;
  }
}

bool is_high_surrogate(int32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low_surrogate(int32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

bool is_json_number(std::string_view token) {
  size_t at = !token.empty() && token[0] == '-' ? 1 : 0;
  const size_t whole = at;
  at = after_digits(token, at);
  if (at == whole || (token[whole] == '0' && at > whole + 1)) return false;
  if (at < token.size() && token[at] == '.') {
    const size_t fraction = at + 1;
    at = after_digits(token, fraction);
    if (at == fraction) return false;
  }
  if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
    ++at;
    if (at < token.size() && (token[at] == '+' || token[at] == '-')) ++at;
    const size_t exponent = at;
    at = after_digits(token, exponent);
    if (at == exponent) return false;
  }
  return at == token.size();
}

std::optional<Unescaped> unescaped(std::string_view content, base::Arena& arena) {
  // An escape is never shorter than what it stands for, so the content's size is room enough.
  const std::span<char> room = arena.allocate<char>(content.size());
  char* out = room.data();
  Unescaped result;
  for (size_t at = 0; at < content.size();) {
    if (content[at] != '\\') {
      *out++ = content[at++];
      continue;
    }
    if (at + 1 == content.size()) return std::nullopt;
    if (content[at + 1] != 'u') {
      const int c = simple_escape(content[at + 1]);
      if (c < 0) return std::nullopt;
      *out++ = char(c);
      at += 2;
      continue;
    }
    const int32_t unit = code_unit(content, at + 2);
    if (unit < 0) return std::nullopt;
    at += 6;
    uint32_t point = uint32_t(unit);
    if (is_high_surrogate(unit) && content.substr(at, 2) == "\\u" && is_low_surrogate(code_unit(content, at + 2))) {
      point = 0x10000 + ((point - 0xD800) << 10) + uint32_t(code_unit(content, at + 2) - 0xDC00);
      at += 6;
    } else if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
      result.lone_surrogate = true;
      point = 0xFFFD;
    }
    out = put_utf8(out, point);
  }
  result.text = {room.data(), size_t(out - room.data())};
  return result;
}

}  // namespace syncline::extract
