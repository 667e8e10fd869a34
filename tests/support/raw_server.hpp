// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace syncline::test {

/// A server that sends exactly the bytes it was told to, right or wrong, on a free port of 127.0.0.1. Each connection follows one script;
/// connections beyond the scripts follow the last one.
class RawServer {
 public:
  /// What happens after a whole request was read.
  struct Answer {
    enum class Then {
      KeepOpen,  ///< reads the next request
      Close,     ///< an orderly end
      Reset,     ///< TCP RST
      Hang,      ///< says nothing more until the client leaves
    };
    std::string bytes;
    Then then = Then::KeepOpen;
    std::chrono::milliseconds between_bytes{0};  ///< a drip, instead of all at once
  };
  using Script = std::vector<Answer>;  ///< one answer a request; the connection is closed at its end

  explicit RawServer(std::vector<Script> connections);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] uint16_t port() const { return port_; }
  /// "http://127.0.0.1:PORT" + path.
  [[nodiscard]] std::string url(const std::string& path) const;
  /// Every request read so far, head and body, in order of arrival.
  [[nodiscard]] std::vector<std::string> requests() const;
  [[nodiscard]] size_t connections() const;
  /// Waits until that many requests were read; false after ten seconds.
  [[nodiscard]] bool wait_for_requests(size_t count) const;

 private:
  void accept_all();
  void serve(int socket, const Script& script);
  bool read_request(int socket, std::string& buffer);
  bool send(int socket, const Answer& answer);
  /// False when the server is ending.
  bool wait_readable(int socket);

  const std::vector<Script> scripts_;
  int listener_ = -1, stop_read_ = -1, stop_write_ = -1;
  uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;  // guarded by mutex_
  size_t connections_ = 0;             // guarded by mutex_
  std::vector<std::thread> workers_;   // of the accepting thread, then of the destructor
  std::thread acceptor_;
};

/// "HTTP/1.1 200 OK", the fields, Content-Length and the body: a right answer.
[[nodiscard]] std::string http_answer(const std::string& body, const std::string& status = "200 OK", const std::string& fields = "");

}  // namespace syncline::test
