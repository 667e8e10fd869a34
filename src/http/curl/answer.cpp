// SPDX-License-Identifier: Apache-2.0
#include "http/curl/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace syncline::http {
namespace {

constexpr size_t PaddingBytes = 64;
constexpr size_t FirstBodyBytes = size_t{16} << 10;

/// The length a Content-Length field declares: digits, or a list of the same number (RFC 9110, 8.6).
std::optional<uint64_t> declared_length(std::string_view value) {
  std::optional<uint64_t> length;
  while (true) {
    const std::string_view item = base::trim(value.substr(0, value.find(',')));
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), number);
    if (item.empty() || error != std::errc() || end != item.data() + item.size() || (length && *length != number)) return std::nullopt;
    length = number;
    if (value.find(',') == std::string_view::npos) return length;
    value.remove_prefix(value.find(',') + 1);
  }
}

}  // namespace

bool IncomingAnswer::take_header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > sizes_.header_bytes_max) {
    return refuse(base::ErrorKind::Guard, "headers_too_large",
                  fmt::format("the answer's headers are larger than {} bytes", base::with_thousands(int64_t(sizes_.header_bytes_max))));
  }
  if (part_ == Part::Body) return true;  // a trailer: nothing we act on
  if (line.starts_with("HTTP/")) return begin_block(line);
  if (base::trim(line).empty()) return end_block();
  return take_field(line);
}

bool IncomingAnswer::begin_block(std::string_view status_line) {
  headers_.clear();
  const size_t blank = status_line.find(' ');
  interim_ = blank != std::string_view::npos && status_line.substr(blank + 1).starts_with('1');
  return true;
}

bool IncomingAnswer::take_field(std::string_view line) {
  const bool folded = line.front() == ' ' || line.front() == '\t';
  if (folded && !headers_.empty()) {  // RFC 9112, 5.2: a user agent reads the fold as a blank
    headers_.back().second.append(" ").append(base::trim(line));
    return true;
  }
  const size_t colon = line.find(':');
  if (folded || colon == std::string_view::npos || colon == 0 || line.find('\0') != std::string_view::npos) {
    return refuse(base::ErrorKind::ContractDrift, "malformed_answer",
                  fmt::format("the answer holds a line that is no header field: `{}`", base::shown(base::trim(line), 80)));
  }
  headers_.emplace_back(base::trim(line.substr(0, colon)), base::trim(line.substr(colon + 1)));
  return true;
}

bool IncomingAnswer::end_block() {
  if (interim_) return true;
  part_ = Part::Body;
  std::optional<uint64_t> length;
  for (const auto& [name, value] : headers_) {
    if (!base::equals_ignoring_case(name, "Content-Length")) continue;
    const std::optional<uint64_t> declared = declared_length(value);
    if (!declared || (length && length != declared)) {
      return refuse(base::ErrorKind::ContractDrift, "malformed_answer",
                    "the answer declares no or more than one length (Content-Length): where it ends cannot be known");
    }
    length = declared;
  }
  if (length > sizes_.received_bytes_max) {
    return refuse(base::ErrorKind::Guard, "body_too_large",
                  fmt::format("the answer's body has {} bytes, more than the {} allowed", *length,
                              base::with_thousands(int64_t(sizes_.received_bytes_max))));
  }
  if (length) body_.reserve(size_t(*length) + PaddingBytes);  // pages that no byte reaches cost nothing
  return true;
}

bool IncomingAnswer::take_body(std::string_view bytes) {
  if (bytes.size() > sizes_.received_bytes_max - body_.size()) {
    return refuse(
        base::ErrorKind::Guard, "body_too_large",
        fmt::format("the answer's body is larger than the {} bytes allowed", base::with_thousands(int64_t(sizes_.received_bytes_max))));
  }
  const size_t needed = body_.size() + bytes.size() + PaddingBytes;
  if (needed > body_.capacity()) body_.reserve(std::max({needed, body_.capacity() * 2, FirstBodyBytes}));
  body_.insert(body_.end(), bytes.begin(), bytes.end());
  return true;
}

Response IncomingAnswer::take(int status, std::string url) && {
  if (body_.capacity() < body_.size() + PaddingBytes) body_.reserve(body_.size() + PaddingBytes);
  return {.status = status, .headers = std::move(headers_), .body = std::move(body_), .url = std::move(url)};
}

bool IncomingAnswer::refuse(base::ErrorKind kind, std::string_view code, std::string message) {
  problem_ = base::Error{
      .kind = kind, .side = base::Side::Source, .message = std::move(message), .code = std::string(code), .subject = {}, .retry_after = {}};
  return false;
}

}  // namespace syncline::http
