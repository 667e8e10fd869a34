// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <thread>

namespace syncline::test {

/// Stands between a client and a PostgreSQL server on 127.0.0.1 and meddles with one connection, without TLS.
class PostgresProxy {
 public:
  struct Meddling {
    bool fake_process_id = false;     ///< tells the client another process id than the server's, as a pooler does
    std::string drop_answer_to = "";  ///< closes the client's connection instead of passing on the answer to what holds this text
  };

  PostgresProxy(int server_port, Meddling meddling);
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  /// A URL of the server as a URL of the proxy.
  [[nodiscard]] std::string through(std::string url) const;

 private:
  void serve();
  bool pass_on_request(int client, int server);
  bool pass_on_answer(int server, int client);

  const int server_port_;
  const Meddling meddling_;
  int listener_ = -1, port_ = 0;
  int stop_[2] = {-1, -1};  ///< a pipe: closed to end the thread
  bool drop_next_answer_ = false;
  std::string answers_;  ///< the server's bytes until its process id was met
  bool process_id_met_ = false;
  std::thread thread_;
};

}  // namespace syncline::test
