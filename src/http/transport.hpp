// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace syncline::http {

/// Every wait of one exchange has an end.
struct Deadlines {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds total{120'000};
  std::chrono::milliseconds silence{30'000};  ///< less than `slow_bytes` in this time ends the exchange
  size_t slow_bytes = 1;                      ///< per second, over `silence`
};

/// What one exchange may cost us.
struct SizeLimits {
  size_t received_bytes_max = size_t{64} << 20;   ///< of the body as sent
  size_t inflated_bytes_max = size_t{256} << 20;  ///< of the body after inflating
  size_t header_bytes_max = size_t{256} << 10;
  double inflate_ratio_max = 200;  ///< beyond 1 MiB inflated
};

/// Whom we may talk to, and how we know it is them.
struct Network {
  bool allow_private = false;  ///< loopback, private, link-local and shared addresses are refused otherwise (the connected address counts)
  std::string ca_file;         ///< PEM bundle instead of the system's; verification itself cannot be turned off
};

/// One exchange with one server, no retry, no redirect, no inflating: the seam to the outside world. A transport keeps connections alive
/// between calls and belongs to one thread.
class Transport {
 public:
  virtual ~Transport() = default;
  /// The answer whatever its status; `body` as sent. Errors: Transient (no answer, cut answer, deadline), BadConfig (TLS not verified,
  /// address refused, malformed URL), ContractDrift (malformed answer), Guard (too large), Cancelled.
  virtual base::Result<Response> exchange(const Request& request, std::stop_token stop) = 0;
};

/// The real transport, by libcurl.
base::Result<std::unique_ptr<Transport>> curl_transport(const Network& network, const Deadlines& deadlines, const SizeLimits& sizes);

}  // namespace syncline::http
