// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/text.hpp"

#include <charconv>

namespace syncline::simulators::marianatek {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string form_decoded(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    if (low >= 0) {
      result += char(high * 16 + low);
      at += 2;
    } else {
      result += text[at] == '+' ? ' ' : text[at];
    }
  }
  return result;
}

void append_escaped(std::string& out, char c) {
  static constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += digits[size_t(c) >> 4];
      out += digits[size_t(c) & 15];
  }
}

}  // namespace

void append_number(std::string& out, int64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, size_t(end - digits));
}

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  size_t plain_from = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(plain_from, at - plain_from));
    append_escaped(out, text[at]);
    plain_from = at + 1;
  }
  out.append(text.substr(plain_from));
  out += '"';
}

std::string json_text(std::string_view text) {
  std::string out;
  append_json_text(out, text);
  return out;
}

std::optional<int64_t> whole_number(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = text.find(separator);
    if (end != 0) parts.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return parts;
}

std::string_view last_value(const Parameters& parameters, std::string_view name) {
  for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter)
    if (parameter->first == name) return parameter->second;
  return {};
}

Parameters form_parameters(std::string_view body) {
  Parameters parameters;
  for (const std::string_view field : split(body, '&')) {
    const size_t equals = field.find('=');
    parameters.emplace_back(form_decoded(field.substr(0, equals)),
                            equals == std::string_view::npos ? "" : form_decoded(field.substr(equals + 1)));
  }
  return parameters;
}

}  // namespace syncline::simulators::marianatek
