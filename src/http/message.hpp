// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::http {

/// Header fields in order; names compare without case.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first field of that name, or "".
[[nodiscard]] std::string_view header(const Headers& headers, std::string_view name);

struct Request {
  std::string method = "GET";
  std::string url;      ///< absolute; its query may hold a secret, so it is never logged whole
  Headers headers;      ///< without credentials
  Headers credentials;  ///< sent only to the origin of `url`: dropped, whatever their names, at a redirect to another scheme, host or port
  std::string body;
};

struct Response {
  int status = 0;
  Headers headers;
  std::vector<char> body;  ///< inflated; `body.capacity()` leaves room for a decoder's padding (64 bytes)
  std::string url;         ///< where the answer came from, after redirects

  [[nodiscard]] std::string_view text() const { return {body.data(), body.size()}; }
};

/// scheme://host[:port]/path without user, query, fragment and known secrets: what may be shown and logged.
[[nodiscard]] std::string shown_url(std::string_view url);

/// Whether two absolute URLs have the same scheme, host and port. False for what is not a plain http or https URL (a user or password in
/// it, blanks, backslashes): what parsers could read differently has no origin.
[[nodiscard]] bool same_origin(std::string_view a, std::string_view b);

/// `reference` seen from `base` (RFC 3986, 5.2); blanks and raw UTF-8 in it are percent-encoded.
[[nodiscard]] std::string resolved_url(std::string_view base, std::string_view reference);

/// The URL with the parameters appended to its query, percent-encoded; a parameter that is already there is
/// replaced, a fragment dropped.
[[nodiscard]] std::string with_parameters(std::string_view url, const std::vector<std::pair<std::string, std::string>>& parameters);

/// name=value&…, percent-encoded, as application/x-www-form-urlencoded.
[[nodiscard]] std::string form_encoded(const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace syncline::http
