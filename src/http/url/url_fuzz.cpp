// SPDX-License-Identifier: Apache-2.0
#include "http/url/url.hpp"

#include <cstdint>

#include "base/check.hpp"
#include "http/message.hpp"

/// Splitting loses nothing, a reference without an authority never leaves its origin, and no user is ever shown.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace syncline;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  base::check(http::joined_url(http::split_url(text)) == text, "split and joined again is the same");

  const std::string base_url = "https://good.example/a/b?c";
  const std::string resolved = http::resolved_url(base_url, text);
  const http::UrlParts parts = http::split_url(resolved);
  const bool is_good = http::same_origin(base_url, resolved);
  base::check(!is_good || (parts.authority && (parts.authority->size() <= std::string_view("good.example:00443").size())),
              "an origin is a host and a port");
  const std::string shown = http::shown_url(text);
  base::check(shown.find('?') == std::string::npos && shown.find('#') == std::string::npos, "no query and no fragment is shown");
  (void)http::with_parameters(text, {{"page", "2"}});
  return 0;
}
