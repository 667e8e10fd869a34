// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "http/transport.hpp"

namespace syncline::http {

/// How a request is tried again. Delays grow by two with full jitter between `delay_min` and `delay_max`.
struct RetryPolicy {
  int attempts_max = 6;
  std::chrono::milliseconds delay_min{500}, delay_max{30'000};
  std::chrono::milliseconds wait_max{600'000};  ///< a Retry-After beyond this is a RateLimited error, not a wait
};

/// At most `requests` in any `window`, spread by a token bucket that starts with one tenth of them; 0: no limit.
struct RateLimit {
  int64_t requests = 0;
  std::chrono::milliseconds window{60'000};
};

/// What the client did, for the run report.
struct Traffic {
  int64_t requests = 0, bytes = 0, retries = 0;
  std::chrono::milliseconds waited{0};
};

/// Turns exchanges into answers: waits for the rate limit, inflates (gzip, deflate; every member, CRC and length proven), follows
/// redirects without credentials, tries again what may pass. Belongs to one thread.
class Client {
 public:
  /// Called before each wait with the reason and its length, for progress.
  using OnWait = std::function<void(std::string_view reason, std::chrono::milliseconds duration)>;

  Client(Transport& transport, base::Clock& clock, base::Random& random, RetryPolicy retry, RateLimit rate, SizeLimits sizes);

  /// Any answer whose status is not retried is returned, 4xx among them: its meaning is the caller's. Errors, after the retries are used
  /// up: Transient on the Source's side (5xx, no answer, cut or corrupt body), RateLimited (429 beyond `wait_max`, `retry_after` set), and
  /// the transport's others. A method other than GET, HEAD, PUT, DELETE is sent again only if nothing of it had left us, or it was refused
  /// with a 429: a report job is never started twice. Redirects are followed for GET; BadConfig on the Source's side for more than five, or
  /// from https to http.
  base::Result<Response> send(const Request& request, std::stop_token stop);

  /// For a caller whose attempt number `attempt` (from 1) found the answer's content broken and who wants it again: waits before the next
  /// one. False when the attempts are used up or the stop token came.
  bool wait_to_try_again(int attempt, std::stop_token stop);

  void on_wait(OnWait callback) { on_wait_ = std::move(callback); }
  [[nodiscard]] const Traffic& traffic() const { return traffic_; }
  /// Server time minus ours, from the last answer's Date header.
  [[nodiscard]] std::chrono::seconds clock_skew() const { return clock_skew_; }

 private:
  /// One attempt: redirects followed, body unpacked.
  base::Result<Response> send_once(const Request& request, std::stop_token stop);
  base::Result<Response> exchange(const Request& request, std::stop_token stop);
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(const Response& answer) const;
  /// The delay after attempt number `attempt` (from 1) failed.
  std::chrono::milliseconds backoff(int attempt);
  bool wait(std::string_view reason, std::chrono::milliseconds duration, std::stop_token stop);
  bool wait_for_rate(std::stop_token stop);
  void refill();

  Transport& transport_;
  base::Clock& clock_;
  base::Random& random_;
  const RetryPolicy retry_;
  const RateLimit rate_;
  const SizeLimits sizes_;
  OnWait on_wait_;
  Traffic traffic_;
  double tokens_;
  std::chrono::steady_clock::time_point refilled_;
  std::chrono::seconds clock_skew_{0};
};

}  // namespace syncline::http
