// SPDX-License-Identifier: Apache-2.0
#include "support/raw_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace syncline::test {
namespace {

/// The body length a request's head declares.
size_t declared_length(std::string head) {
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  const size_t at = head.find("\r\ncontent-length:");
  return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 17, nullptr, 10);
}

void must(bool condition) {
  if (!condition) std::abort();  // without a socket no test of this kind can say anything
}

}  // namespace

RawServer::RawServer(std::vector<Script> connections) : scripts_(std::move(connections)) {
  must(!scripts_.empty());
  int ends[2];
  must(pipe2(ends, O_CLOEXEC) == 0);
  stop_read_ = ends[0];
  stop_write_ = ends[1];
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  must(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listener_, 16) == 0);
  must(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

RawServer::~RawServer() {
  close(stop_write_);  // every poll sees the pipe's end
  acceptor_.join();
  for (std::thread& worker : workers_) worker.join();
  close(listener_);
  close(stop_read_);
}

std::string RawServer::url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

std::vector<std::string> RawServer::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

size_t RawServer::connections() const {
  std::lock_guard lock(mutex_);
  return connections_;
}

bool RawServer::wait_for_requests(size_t count) const {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (requests().size() < count) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

void RawServer::accept_all() {
  while (wait_readable(listener_)) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    size_t number = 0;
    {
      std::lock_guard lock(mutex_);
      number = connections_++;
    }
    const int now = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
    workers_.emplace_back([this, socket, &script = scripts_[std::min(number, scripts_.size() - 1)]] { serve(socket, script); });
  }
}

void RawServer::serve(int socket, const Script& script) {
  std::string buffer;
  for (const Answer& answer : script) {
    if (!read_request(socket, buffer) || !send(socket, answer) || answer.then == Answer::Then::Close) break;
    if (answer.then == Answer::Then::Reset) {
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      break;
    }
    if (answer.then == Answer::Then::Hang) {
      char ignored[256];
      while (wait_readable(socket) && recv(socket, ignored, sizeof ignored, 0) > 0) continue;
      break;
    }
  }
  close(socket);
}

bool RawServer::read_request(int socket, std::string& buffer) {
  while (true) {
    const size_t head = buffer.find("\r\n\r\n");
    if (head != std::string::npos) {
      const size_t size = head + 4 + declared_length(buffer.substr(0, head + 2));
      if (buffer.size() >= size) {
        std::lock_guard lock(mutex_);
        requests_.push_back(buffer.substr(0, size));
        buffer.erase(0, size);
        return true;
      }
    }
    char part[4096];
    const ssize_t count = wait_readable(socket) ? recv(socket, part, sizeof part, 0) : 0;
    if (count <= 0) return false;
    buffer.append(part, size_t(count));
  }
}

bool RawServer::send(int socket, const Answer& answer) {
  const size_t step = answer.between_bytes.count() > 0 ? 1 : answer.bytes.size();
  for (size_t at = 0; at < answer.bytes.size();) {
    const ssize_t count = ::send(socket, answer.bytes.data() + at, std::min(step, answer.bytes.size() - at), MSG_NOSIGNAL);
    if (count <= 0) return false;
    at += size_t(count);
    pollfd ending{.fd = stop_read_, .events = POLLIN, .revents = 0};
    if (poll(&ending, 1, int(answer.between_bytes.count())) != 0) return false;
  }
  return true;
}

bool RawServer::wait_readable(int socket) {
  pollfd waits[2] = {{.fd = socket, .events = POLLIN, .revents = 0}, {.fd = stop_read_, .events = POLLIN, .revents = 0}};
  poll(waits, 2, -1);
  return waits[1].revents == 0;
}

std::string http_answer(const std::string& body, const std::string& status, const std::string& fields) {
  return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace syncline::test
