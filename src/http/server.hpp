// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"

namespace syncline::http {

/// One request as a listener hands it on. `path` is percent-decoded, parameters are decoded and in order.
struct ServerRequest {
  std::string method, target, path;
  std::vector<std::pair<std::string, std::string>> parameters;  ///< of the query
  Headers headers;
  std::string body;
};

struct ServerResponse {
  int status = 200;
  Headers headers;  ///< Content-Length and Connection are the listener's
  std::string body;

  /// Ways to answer wrongly, for the simulators.
  struct Fault {
    enum class Kind { None, CloseBeforeHeaders, CloseInBody, ShortBody, Delay, Drip } kind = Kind::None;
    size_t after_bytes = 0;  ///< CloseInBody: how much of the body still goes out (Content-Length says the whole); ShortBody: the same,
                             ///< Content-Length absent and the connection closed
    std::chrono::milliseconds delay{0};  ///< Delay: before the answer; Drip: between single bytes
  } fault;
};

struct ListenOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  ///< 0: any free one
  size_t body_bytes_max = size_t{1} << 20, header_bytes_max = size_t{32} << 10;
  std::chrono::seconds idle{60};
};

/// A small HTTP/1.1 listener on one thread of its own (coroutines inside), keep-alive, limits on everything. The handler is called from
/// that thread, one request at a time.
class Server {
 public:
  using Handler = std::function<ServerResponse(const ServerRequest&)>;
  virtual ~Server() = default;  ///< stops listening, closes every connection, joins the thread
  [[nodiscard]] virtual uint16_t port() const = 0;
};

/// Errors: BadConfig on the Files side (address in use or not ours).
base::Result<std::unique_ptr<Server>> listen(const ListenOptions& options, Server::Handler handler);

}  // namespace syncline::http
