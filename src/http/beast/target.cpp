// SPDX-License-Identifier: Apache-2.0
#include "http/beast/target.hpp"

namespace syncline::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

enum class Plus { Literal, Blank };

std::optional<std::string> decoded(std::string_view text, Plus plus) {
  std::string result;
  result.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '%') {
      if (text.size() - at < 3) return std::nullopt;
      const int high = hex_digit(text[at + 1]), low = hex_digit(text[at + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      result += char(high * 16 + low);
      at += 2;
    } else if (c == '+' && plus == Plus::Blank) {
      result += ' ';
    } else {
      result += c;
    }
  }
  return result;
}

/// The part of an absolute-form target after scheme and authority.
std::string_view without_origin(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    target.remove_prefix(scheme.size());
    const size_t end = target.find_first_of("/?");
    return end == std::string_view::npos ? "/" : target.substr(end);
  }
  return target;
}

}  // namespace

std::optional<Target> parse_target(std::string_view text) {
  text = without_origin(text);
  text = text.substr(0, text.find('#'));
  const size_t question = text.find('?');
  const std::string_view path_text = text.substr(0, question);
  if (!path_text.starts_with('/')) return std::nullopt;

  Target target;
  auto path = decoded(path_text, Plus::Literal);
  if (!path) return std::nullopt;
  target.path = std::move(*path);
  if (question == std::string_view::npos) return target;

  std::string_view query = text.substr(question + 1);
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view field = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (field.empty()) continue;
    const size_t equals = field.find('=');
    auto name = decoded(field.substr(0, equals), Plus::Blank);
    auto value = equals == std::string_view::npos ? std::optional<std::string>("") : decoded(field.substr(equals + 1), Plus::Blank);
    if (!name || !value) return std::nullopt;
    target.parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return target;
}

}  // namespace syncline::http
