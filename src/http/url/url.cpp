// SPDX-License-Identifier: Apache-2.0
#include "http/url/url.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace syncline::http {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_in_scheme(char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; }
bool is_in_name(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; }
bool is_in_ipv6(char c) { return is_hex(c) || c == ':' || c == '.'; }
bool is_printable_ascii(char c) { return c > ' ' && c < 0x7F; }

/// The length of a scheme in front of its ':', or 0.
size_t scheme_length(std::string_view url) {
  if (url.empty() || !is_letter(url.front())) return 0;
  const size_t end = size_t(std::find_if_not(url.begin(), url.end(), is_in_scheme) - url.begin());
  return end < url.size() && url[end] == ':' ? end : 0;
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 255) return false;
  if (host.front() != '[') return std::all_of(host.begin(), host.end(), is_in_name);
  return host.size() > 2 && host.back() == ']' && std::all_of(host.begin() + 1, host.end() - 1, is_in_ipv6);
}

/// The part of an authority that is the host: up to the ':' of a port.
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') == std::string_view::npos ? 0 : authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

std::optional<uint16_t> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || text.size() > 5 || port == 0 || port > 65535) return std::nullopt;
  return uint16_t(port);
}

}  // namespace

UrlParts split_url(std::string_view url) {
  UrlParts parts;
  if (const size_t hash = url.find('#'); hash != std::string_view::npos) {
    parts.fragment = url.substr(hash + 1);
    url = url.substr(0, hash);
  }
  if (const size_t mark = url.find('?'); mark != std::string_view::npos) {
    parts.query = url.substr(mark + 1);
    url = url.substr(0, mark);
  }
  if (const size_t length = scheme_length(url); length > 0) {
    parts.scheme = url.substr(0, length);
    url.remove_prefix(length + 1);
  }
  if (url.starts_with("//")) {
    url.remove_prefix(2);
    parts.authority = url.substr(0, url.find('/'));
    url.remove_prefix(parts.authority->size());
  }
  parts.path = url;
  return parts;
}

std::string joined_url(const UrlParts& parts) {
  std::string url;
  if (!parts.scheme.empty()) url.append(parts.scheme).append(":");
  if (parts.authority) url.append("//").append(*parts.authority);
  url.append(parts.path);
  if (parts.query) url.append("?").append(*parts.query);
  if (parts.fragment) url.append("#").append(*parts.fragment);
  return url;
}

std::optional<Origin> origin_of(std::string_view url) {
  if (!std::all_of(url.begin(), url.end(), is_printable_ascii)) return std::nullopt;
  const UrlParts parts = split_url(url);
  Origin origin{.scheme = base::lower(parts.scheme), .host = {}, .port = 0};
  if ((origin.scheme != "http" && origin.scheme != "https") || !parts.authority) return std::nullopt;

  const std::string_view host = host_of(*parts.authority);
  if (!is_host(host)) return std::nullopt;
  origin.host = base::lower(host);

  const std::string_view rest = parts.authority->substr(host.size());
  if (rest.empty() || rest == ":") {
    origin.port = origin.scheme == "https" ? 443 : 80;
    return origin;
  }
  const std::optional<uint16_t> port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
  if (!port) return std::nullopt;
  origin.port = *port;
  return origin;
}

}  // namespace syncline::http
