// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncline::http {

/// The five components of RFC 3986 (appendix B), as they stand; nothing is decoded or judged. Views into the text given.
struct UrlParts {
  std::string_view scheme;  ///< empty: none
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query, fragment;
};

[[nodiscard]] UrlParts split_url(std::string_view url);
[[nodiscard]] std::string joined_url(const UrlParts& parts);

/// Where an http or https URL leads. Only what every parser reads the same way is one: no user or password, no control character, blank or
/// backslash, a host of letters, digits, '-', '.', '_' or a bracketed IPv6 address, a port from 1 to 65535.
struct Origin {
  std::string scheme;  ///< lower case
  std::string host;    ///< lower case, an IPv6 address with its brackets
  uint16_t port = 0;   ///< the scheme's own when the URL has none

  bool operator==(const Origin&) const = default;
};

/// Nullopt when the URL is not one we would open a connection for.
[[nodiscard]] std::optional<Origin> origin_of(std::string_view url);

}  // namespace syncline::http
