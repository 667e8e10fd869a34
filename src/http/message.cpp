// SPDX-License-Identifier: Apache-2.0
#include "http/message.hpp"

#include <algorithm>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "http/url/url.hpp"

namespace syncline::http {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// As application/x-www-form-urlencoded has it, or with %20 for a blank, which a query may rely on.
enum class Blank { Plus, Percent };

void append_encoded(std::string& out, std::string_view text, Blank blank) {
  static constexpr char digits[] = "0123456789ABCDEF";
  for (char c : text) {
    const bool plain =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else if (c == ' ' && blank == Blank::Plus) {
      out += '+';
    } else {
      out += {'%', digits[uint8_t(c) >> 4], digits[uint8_t(c) & 15]};
    }
  }
}

void append_parameters(std::string& out, const Parameters& parameters, Blank blank) {
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    append_encoded(out, name, blank);
    out += '=';
    append_encoded(out, value, blank);
  }
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 && hex_value(text[at + 2]) >= 0;
    if (escape) {
      out += char(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
      at += 2;
    } else {
      out += text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

/// The query's pairs as they stand, without those of a name in `replaced`.
std::string query_without(std::string_view query, const Parameters& replaced) {
  std::string out;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string name = decoded(pair.substr(0, pair.find('=')));
    const bool drop =
        pair.empty() || std::any_of(replaced.begin(), replaced.end(), [&](const auto& parameter) { return parameter.first == name; });
    if (drop) continue;
    if (!out.empty()) out += '&';
    out += pair;
  }
  return out;
}

/// RFC 3986, 5.2.4, for a path that begins with '/'; another is left alone.
std::string without_dot_segments(std::string_view path) {
  if (!path.starts_with('/')) return std::string(path);
  std::string out;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/', 1));
    path.remove_prefix(segment.size());
    const bool here = segment == "/.", up = segment == "/..";
    if (up) out.erase(out.rfind('/') == std::string::npos ? 0 : out.rfind('/'));
    if (!here && !up) {
      out += segment;
    } else if (path.empty()) {
      out += '/';
    }
  }
  return out;
}

std::string merged_path(const UrlParts& base, std::string_view path) {
  if (base.path.empty()) return "/" + std::string(path);
  return std::string(base.path.substr(0, base.path.rfind('/') + 1)) + std::string(path);
}

/// Servers write blanks and raw UTF-8 into Location; both are sent percent-encoded. Control characters stay, so that the URL is refused.
std::string with_unsafe_bytes_encoded(std::string_view url) {
  std::string out;
  for (char c : url) {
    if (c == ' ' || uint8_t(c) >= 0x80) {
      append_encoded(out, std::string_view(&c, 1), Blank::Percent);
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string_view header(const Headers& headers, std::string_view name) {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& field) { return base::equals_ignoring_case(field.first, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string shown_url(std::string_view url) {
  static constexpr size_t BytesMax = 300;
  UrlParts parts = split_url(url);
  if (parts.scheme.empty() || !parts.authority) return "(malformed URL)";
  parts.query = parts.fragment = std::nullopt;
  // A user may hold an '@' that was not encoded, so the last one counts.
  parts.authority->remove_prefix(parts.authority->rfind('@') + 1);
  return base::shown(base::redact(joined_url(parts)), BytesMax);
}

bool same_origin(std::string_view a, std::string_view b) {
  const auto origin = origin_of(a);
  return origin && origin == origin_of(b);
}

std::string resolved_url(std::string_view base, std::string_view reference) {
  const std::string reference_text = with_unsafe_bytes_encoded(base::trim(reference));
  const UrlParts from = split_url(base);
  UrlParts to = split_url(reference_text);
  std::string path;
  if (!to.scheme.empty() || to.authority) {
    path = without_dot_segments(to.path);
  } else if (to.path.empty()) {
    path = from.path;
    if (!to.query) to.query = from.query;
  } else {
    path = without_dot_segments(to.path.starts_with('/') ? std::string(to.path) : merged_path(from, to.path));
  }
  if (to.scheme.empty()) {
    if (!to.authority) to.authority = from.authority;
    to.scheme = from.scheme;
  }
  to.path = path;
  return joined_url(to);
}

std::string with_parameters(std::string_view url, const Parameters& parameters) {
  UrlParts parts = split_url(url);
  std::string query = query_without(parts.query.value_or(""), parameters);
  append_parameters(query, parameters, Blank::Percent);
  parts.fragment = std::nullopt;
  parts.query = query.empty() ? std::nullopt : std::optional<std::string_view>(query);
  return joined_url(parts);
}

std::string form_encoded(const Parameters& parameters) {
  std::string out;
  append_parameters(out, parameters, Blank::Plus);
  return out;
}

}  // namespace syncline::http
