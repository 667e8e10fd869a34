// SPDX-License-Identifier: Apache-2.0
#include "http/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "base/time.hpp"
#include "http/inflate.hpp"
#include "http/retry/retry_after.hpp"
#include "http/url/url.hpp"

namespace syncline::http {
namespace {

using base::ErrorKind;
using base::Side;
using std::chrono::milliseconds;

constexpr int RedirectsMax = 5;

base::Error error(ErrorKind kind, Side side, std::string_view code, std::string message) {
  return {.kind = kind, .side = side, .message = std::move(message), .code = std::string(code), .subject = {}, .retry_after = {}};
}

base::Error stopped() { return error(ErrorKind::Cancelled, Side::Us, "cancelled", "stopped while waiting"); }

std::string shown_request(const Request& request) { return base::shown(request.method, 20) + " " + shown_url(request.url); }

/// May reach the server twice without another effect than once.
bool is_repeatable(const Request& request) {
  return request.method == "GET" || request.method == "HEAD" || request.method == "PUT" || request.method == "DELETE";
}

/// The server says "not now": something a second try may change. 501 and 505 are about the request itself.
bool is_passing(int status) { return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501 && status != 505); }

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

bool is_credential_by_name(std::string_view name) {
  static constexpr std::array<std::string_view, 3> Names{"Authorization", "Cookie", "Proxy-Authorization"};
  return std::any_of(Names.begin(), Names.end(), [&](std::string_view known) { return base::equals_ignoring_case(known, name); });
}

/// The request that a redirect asks for. Another origin gets no credential, of whatever name, and does not hand it back to the first one.
base::Result<Request> redirected(const Request& request, std::string_view location) {
  Request next = request;
  next.url = resolved_url(request.url, location);
  const auto from = origin_of(request.url), to = origin_of(next.url);
  if (!to) {
    return base::fail(error(ErrorKind::BadConfig, Side::Source, "redirect_refused",
                            fmt::format("redirected to {}, which is not a URL we follow", shown_url(next.url))));
  }
  if (from && from->scheme == "https" && to->scheme != "https") {
    return base::fail(error(
        ErrorKind::BadConfig, Side::Source, "redirect_refused",
        fmt::format("redirected from https to {}: refused, it would be readable on the way; check the base URL", shown_url(next.url))));
  }
  if (from != to) {
    next.credentials.clear();
    std::erase_if(next.headers, [](const auto& field) { return is_credential_by_name(field.first); });
  }
  return next;
}

/// The body as it was packed for the way. An answer that may not have one, or declares none, is left as it is.
base::Result<Response> unpacked(Response response, const Request& request, const SizeLimits& sizes) {
  const std::optional<Encoding> encoding = TRY(encoding_of(response.headers));
  const bool has_none = request.method == "HEAD" || response.status == 204 || response.status == 304;
  const bool declares_none = response.body.empty() && header(response.headers, "Content-Length") == "0";
  if (!encoding || has_none || declares_none) return response;
  response.body = TRY(inflate(response.text(), *encoding, sizes));
  return response;
}

/// What an answer of a passing status means. `retry_after` is what it asked for, if it did.
base::Error refusal(const Response& answer, const Request& request, std::optional<milliseconds> retry_after) {
  const bool limited = answer.status == 429;
  base::Error refused =
      error(limited ? ErrorKind::RateLimited : ErrorKind::Transient, Side::Source,
            limited ? "rate_limited" : fmt::format("http_{}", answer.status),
            fmt::format("{}: answered {}{}", shown_request(request), answer.status, limited ? " (too many requests)" : ""));
  refused.retry_after = retry_after;
  return refused;
}

/// A 429 was refused before anything was done with it, so even a POST may be sent again.
bool may_be_sent_again(const Request& request, const base::Error& failed) {
  if (failed.kind == ErrorKind::RateLimited) return true;
  return failed.kind == ErrorKind::Transient && (is_repeatable(request) || failed.code == "not_sent");
}

double bucket_capacity(const RateLimit& rate) { return double(std::max<int64_t>(1, rate.requests / 10)); }

/// Tokens a millisecond, so that a full bucket and what flows in during one window are together no more than the limit.
double refill_rate(const RateLimit& rate) { return (double(rate.requests) - bucket_capacity(rate) + 1) / double(rate.window.count()); }

}  // namespace

Client::Client(Transport& transport, base::Clock& clock, base::Random& random, RetryPolicy retry, RateLimit rate, SizeLimits sizes)
    : transport_(transport),
      clock_(clock),
      random_(random),
      retry_(retry),
      rate_(rate),
      sizes_(sizes),
      tokens_(bucket_capacity(rate)),
      refilled_(clock.steady()) {}

base::Result<Response> Client::send(const Request& request, std::stop_token stop) {
  Request prepared = request;
  if (header(prepared.headers, "Accept-Encoding").empty()) prepared.headers.emplace_back("Accept-Encoding", "gzip");

  for (int attempt = 1;; ++attempt) {
    base::Result<Response> answer = send_once(prepared, stop);
    if (answer && !is_passing(answer->status)) return answer;

    base::Error failed = answer ? refusal(*answer, request, retry_after(*answer)) : std::move(answer).error();
    if (!may_be_sent_again(request, failed)) return base::fail(std::move(failed));
    if (failed.retry_after > retry_.wait_max) {
      failed.kind = ErrorKind::RateLimited;
      failed.message += fmt::format(", to be tried again in {} s, which is longer than this run waits",
                                    std::chrono::ceil<std::chrono::seconds>(*failed.retry_after).count());
      return base::fail(std::move(failed));
    }
    if (attempt >= retry_.attempts_max) {
      if (failed.kind == ErrorKind::RateLimited && !failed.retry_after) failed.retry_after = retry_.delay_max;
      failed.message += fmt::format(", {} times", attempt);
      return base::fail(std::move(failed));
    }
    ++traffic_.retries;
    const milliseconds delay = failed.retry_after ? std::max(*failed.retry_after, retry_.delay_min) : backoff(attempt);
    if (!wait(failed.message, delay, stop)) return base::fail(stopped());
  }
}

bool Client::wait_to_try_again(int attempt, std::stop_token stop) {
  if (attempt >= retry_.attempts_max) return false;
  ++traffic_.retries;
  return wait("the answer was broken", backoff(attempt), stop);
}

base::Result<Response> Client::send_once(const Request& request, std::stop_token stop) {
  Request current = request;
  for (int redirects = 0;; ++redirects) {
    Response answer = TRY(exchange(current, stop));
    const std::string_view location = header(answer.headers, "Location");
    if (request.method != "GET" || !is_redirect(answer.status) || location.empty()) {
      if (is_passing(answer.status)) return answer;  // its body is nobody's
      return TRY_WITHIN(shown_request(current), unpacked(std::move(answer), current, sizes_));
    }
    if (redirects == RedirectsMax) {
      return base::fail(error(ErrorKind::BadConfig, Side::Source, "too_many_redirects",
                              fmt::format("{}: redirected more than {} times; check the base URL", shown_request(request), RedirectsMax)));
    }
    current = TRY_WITHIN(shown_request(current), redirected(current, location));
  }
}

base::Result<Response> Client::exchange(const Request& request, std::stop_token stop) {
  if (!wait_for_rate(stop)) return base::fail(stopped());
  ++traffic_.requests;
  base::Result<Response> answer = transport_.exchange(request, stop);
  if (!answer) return answer;
  traffic_.bytes += int64_t(answer->body.size());
  if (const auto date = base::parse_http_date(header(answer->headers, "Date")))
    clock_skew_ = std::chrono::floor<std::chrono::seconds>(*date - clock_.now());
  return answer;
}

std::optional<milliseconds> Client::retry_after(const Response& answer) const {
  // A date is meant by the server's clock.
  return parse_retry_after(header(answer.headers, "Retry-After"), clock_.now() + clock_skew_);
}

milliseconds Client::backoff(int attempt) {
  milliseconds ceiling = retry_.delay_min;
  for (int doubled = 0; doubled < attempt && ceiling < retry_.delay_max; ++doubled) ceiling *= 2;
  ceiling = std::max(std::min(ceiling, retry_.delay_max), retry_.delay_min);
  return retry_.delay_min + milliseconds(random_.below(uint64_t((ceiling - retry_.delay_min).count()) + 1));
}

bool Client::wait(std::string_view reason, milliseconds duration, std::stop_token stop) {
  if (stop.stop_requested()) return false;
  if (on_wait_) on_wait_(reason, duration);
  const auto begin = clock_.steady();
  const bool whole = clock_.wait(duration, stop);
  traffic_.waited += std::chrono::duration_cast<milliseconds>(clock_.steady() - begin);
  return whole;
}

bool Client::wait_for_rate(std::stop_token stop) {
  if (stop.stop_requested()) return false;
  if (rate_.requests <= 0 || rate_.window.count() <= 0) return true;
  refill();
  if (tokens_ < 1) {
    if (!wait("the rate limit", milliseconds(int64_t(std::ceil((1 - tokens_) / refill_rate(rate_)))), stop)) return false;
    refill();
  }
  tokens_ -= 1;
  return true;
}

void Client::refill() {
  const auto now = clock_.steady();
  const double elapsed = std::chrono::duration<double, std::milli>(now - refilled_).count();
  tokens_ = std::min(bucket_capacity(rate_), tokens_ + elapsed * refill_rate(rate_));
  refilled_ = now;
}

}  // namespace syncline::http
