// SPDX-License-Identifier: Apache-2.0
#include "support/postgres_proxy.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace syncline::test {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(uint16_t(port));
  return address;
}

bool send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(size_t(sent));
  }
  return true;
}

/// What is there to read; empty at the end.
std::string receive(int from) {
  std::string bytes(65'536, '\0');
  const ssize_t received = recv(from, bytes.data(), bytes.size(), 0);
  bytes.resize(received > 0 ? size_t(received) : 0);
  return bytes;
}

constexpr size_t HeaderBytes = 5;  // a message's type and the length of what follows

size_t length_at(std::string_view bytes, size_t at) {
  size_t length = 0;
  for (size_t i = 0; i < 4; ++i) length = length << 8 | uint8_t(bytes[at + i]);
  return length;
}

}  // namespace

PostgresProxy::PostgresProxy(int server_port, Meddling meddling) : server_port_(server_port), meddling_(std::move(meddling)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener_ < 0 || bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 1) != 0 || pipe(stop_) != 0)
    std::abort();
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

PostgresProxy::~PostgresProxy() {
  close(stop_[1]);
  thread_.join();
  close(stop_[0]);
  close(listener_);
}

std::string PostgresProxy::through(std::string url) const {
  const std::string direct = ":" + std::to_string(server_port_) + "/";
  return url.replace(url.find(direct), direct.size(), ":" + std::to_string(port_) + "/") + "?sslmode=disable&gssencmode=disable";
}

void PostgresProxy::serve() {
  pollfd waiting[] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
  poll(waiting, 2, -1);
  if (!(waiting[0].revents & POLLIN)) return;
  const int client = accept(listener_, nullptr, nullptr);
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(server_port_);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  while (open) {
    pollfd ends[] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    poll(ends, 3, -1);
    if (ends[0].revents) open = pass_on_request(client, server);
    if (open && ends[1].revents) open = pass_on_answer(server, client);
    if (ends[2].revents) open = false;
  }
  close(client);
  close(server);
}

bool PostgresProxy::pass_on_request(int client, int server) {
  const std::string bytes = receive(client);
  if (!meddling_.drop_answer_to.empty() && bytes.find(meddling_.drop_answer_to) != std::string::npos) drop_next_answer_ = true;
  return !bytes.empty() && send_all(server, bytes);
}

bool PostgresProxy::pass_on_answer(int server, int client) {
  const std::string bytes = receive(server);
  if (bytes.empty() || drop_next_answer_) return false;
  if (!meddling_.fake_process_id || process_id_met_) return send_all(client, bytes);
  answers_ += bytes;
  while (answers_.size() >= HeaderBytes && answers_.size() > length_at(answers_, 1)) {
    const size_t length = 1 + length_at(answers_, 1);
    if (answers_[0] == 'K') {
      answers_[HeaderBytes] = char(answers_[HeaderBytes] ^ 0x40);
      process_id_met_ = true;
      return send_all(client, answers_);
    }
    if (!send_all(client, std::string_view(answers_).substr(0, length))) return false;
    answers_.erase(0, length);
  }
  return true;
}

}  // namespace syncline::test
