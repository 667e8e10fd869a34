// SPDX-License-Identifier: Apache-2.0
#include "http/curl/answer.hpp"

#include <cstdint>

#include "base/check.hpp"
#include "base/clock.hpp"
#include "http/retry/retry_after.hpp"

/// Any lines as headers, then as Retry-After: bounded or refused.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace syncline;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const http::SizeLimits sizes{.received_bytes_max = 1000, .header_bytes_max = 1000};
  http::IncomingAnswer answer(sizes);
  while (!text.empty() && !answer.problem()) {
    const std::string_view line = text.substr(0, text.find('\n') == std::string_view::npos ? text.size() : text.find('\n') + 1);
    text.remove_prefix(line.size());
    const auto wait = http::parse_retry_after(line, base::Timestamp{});
    base::check(!wait || (wait->count() >= 0 && *wait <= http::RetryAfterMax), "a wait is bounded");
    if (answer.take_header_line(line)) (void)answer.take_body(line);
  }
  if (!answer.problem()) base::check(std::move(answer).take(200, "").body.size() <= sizes.received_bytes_max, "a body is bounded");
  return 0;
}
