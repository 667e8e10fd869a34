// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "http/beast/target.hpp"

namespace syncline::http {
namespace {

/// A connection that says exactly what it is told, so that a request no client library would send can be sent.
class Connection {
 public:
  explicit Connection(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const timeval limit{.tv_sec = 20, .tv_usec = 0};  // a test that hangs fails instead
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  void say(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      text.remove_prefix(size_t(count));
    }
  }

  /// Everything until the other side closes.
  std::string rest() {
    while (receive()) {
    }
    return std::exchange(received_, {});
  }

  /// One answer with a Content-Length; "" when the connection ended before it was complete.
  std::string answer() {
    for (;;) {
      const size_t head = received_.find("\r\n\r\n");
      if (head != std::string::npos) {
        const size_t field = received_.find("Content-Length: ");
        const size_t whole = head + 4 + (field < head ? std::stoul(received_.substr(field + 16)) : 0);
        if (received_.size() >= whole) {
          std::string result = received_.substr(0, whole);
          received_.erase(0, whole);
          return result;
        }
      }
      if (!receive()) return {};
    }
  }

 private:
  bool receive() {
    std::array<char, 65536> bytes;
    const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (count > 0) received_.append(bytes.data(), size_t(count));
    return count > 0;
  }

  int socket_;
  bool connected_ = false;
  std::string received_;
};

ServerResponse echo(const ServerRequest& request) {
  ServerResponse response;
  response.headers = {{"Content-Type", "text/plain"}};
  response.body = request.method + " " + request.path;
  for (const auto& [name, value] : request.parameters) response.body += " [" + name + "=" + value + "]";
  response.body += " " + request.body;
  return response;
}

std::unique_ptr<Server> started(Server::Handler handler = echo, ListenOptions options = {}) {
  auto server = listen(options, std::move(handler));
  EXPECT_TRUE(server.has_value()) << server.error().message;
  return std::move(*server);
}

Server::Handler answering(ServerResponse response) {
  return [response](const ServerRequest&) { return response; };
}

/// What one connection gets for one text, until it is closed.
std::string said(const Server& server, std::string_view text) {
  Connection connection(server.port());
  connection.say(text);
  return connection.rest();
}

const std::string Get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string LastGet = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST(Server, BodyOverTheLimitIs413) {
  const auto server = started(echo, {.body_bytes_max = 10});
  EXPECT_TRUE(said(*server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n12345678901").starts_with("HTTP/1.1 413 "));
}

TEST(Server, ChunkedBodyOverTheLimitIs413) {
  const auto server = started(echo, {.body_bytes_max = 10});
  EXPECT_TRUE(said(*server, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n")
                  .starts_with("HTTP/1.1 413 "));
}

TEST(Server, AnswerToALargeRefusedBodyIsNotLostInAReset) {
  const auto server = started(echo, {.body_bytes_max = 10});
  const std::string body(2'000'000, 'x');
  const std::string answer = said(*server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\nConnection: close\r\n\r\n" + body);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
}

TEST(Server, HeaderOverTheLimitIs431) {
  const auto server = started(echo, {.header_bytes_max = 1024});
  EXPECT_TRUE(said(*server, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(5000, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431 "));
}

TEST(Server, WhatIsNotHttpIs400) {
  const auto server = started();
  EXPECT_TRUE(said(*server, "hello there\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(said(*server, "GET / HTTP/3.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(said(*server, "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

TEST(Server, MissingOrDoubleHostIs400) {
  const auto server = started();
  EXPECT_TRUE(said(*server, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(said(*server, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

TEST(Server, ContentLengthWithTransferEncodingIsRefusedInEitherOrder) {
  std::atomic<int> calls = 0;
  const auto server = started([&](const ServerRequest& request) { return ++calls, echo(request); });
  const std::string tail = "\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const std::string fields :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", "Transfer-Encoding: chunked, gzip\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n"}) {
    const std::string answer = said(*server, "POST / HTTP/1.1\r\nHost: x\r\n" + fields + tail);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << fields << answer;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << "a second answer: " << answer;
  }
  EXPECT_EQ(calls, 0);
}

TEST(Server, UnreadableTargetIs400) {
  const auto server = started();
  for (const std::string target : {"/%zz", "/%4", "/a%00b", "nowhere", "/?a=%g1"})
    EXPECT_TRUE(said(*server, "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 400 ")) << target;
}

TEST(Server, ExceptionOfTheHandlerIs500AndTheConnectionLivesOn) {
  const auto server = started([](const ServerRequest& request) -> ServerResponse {
    if (request.path == "/a") throw std::runtime_error("the password is hunter2");
    if (request.path == "/b") throw 7;
    return echo(request);
  });
  Connection connection(server->port());
  connection.say(Get);
  const std::string answer = connection.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(answer.find("hunter2"), std::string::npos);
  connection.say("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(connection.answer().starts_with("HTTP/1.1 500 "));
  connection.say(LastGet);
  EXPECT_TRUE(connection.answer().ends_with("GET /last "));
}

TEST(Server, StatusThatIsNoneBecomes500) {
  const auto server = started(answering({.status = 7, .headers = {}, .body = "", .fault = {}}));
  EXPECT_TRUE(said(*server, LastGet).starts_with("HTTP/1.1 500 "));
}

TEST(Server, LineBreaksInAFieldCannotAddFields) {
  const auto server = started(answering({.status = 200, .headers = {{"X-Name", "a\r\nSet-Cookie: b"}}, .body = "ok", .fault = {}}));
  EXPECT_EQ(said(*server, LastGet).find("\r\nSet-Cookie"), std::string::npos);
}

TEST(Server, SilentConnectionIsClosedAfterTheIdleTime) {
  const auto server = started(echo, {.idle = std::chrono::seconds(1)});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(said(*server, "GET / HTTP/1.1\r\nHos"), "");
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, std::chrono::milliseconds(900));
  EXPECT_LT(took, std::chrono::seconds(15));
}

TEST(Server, AddressInUseIsAnError) {
  const auto server = started();
  const auto second = listen({.port = server->port()}, echo);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, base::ErrorKind::BadConfig);
  EXPECT_EQ(second.error().side, base::Side::Files);
  EXPECT_NE(second.error().message.find(std::to_string(server->port())), std::string::npos);
}

TEST(Server, AddressOfNobodyIsAnError) {
  EXPECT_FALSE(listen({.address = "192.0.2.1"}, echo).has_value());
  EXPECT_FALSE(listen({.address = "not an address"}, echo).has_value());
}

TEST(Server, ConnectionIsKeptAlive) {
  const auto server = started();
  Connection connection(server->port());
  for (int i = 0; i < 3; ++i) {
    connection.say(Get);
    const std::string answer = connection.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("Connection: keep-alive\r\n"), std::string::npos);
  }
  connection.say(LastGet);
  EXPECT_NE(connection.answer().find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(connection.rest(), "");
}

TEST(Server, OldProtocolVersionIsClosedAfterTheAnswer) {
  const auto server = started();
  EXPECT_TRUE(said(*server, "GET /old HTTP/1.0\r\n\r\n").ends_with("GET /old "));
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  const auto server = started();
  const std::string all = said(*server, "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + Get + LastGet);
  const size_t first = all.find("POST /1 abc"), second = all.find("GET /a "), third = all.find("GET /last ");
  ASSERT_NE(first, std::string::npos);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, std::string::npos);
}

TEST(Server, NothingAfterARefusedRequestIsServed) {
  const auto server = started();
  const std::string all = said(*server, "GET / HTTP/1.1\r\n\r\n" + LastGet);
  EXPECT_EQ(all.find("GET /last"), std::string::npos);
}

TEST(Server, PathAndParametersArriveDecodedInOrder) {
  const auto server = started();
  const std::string answer =
      said(*server, "GET /a%20b/c+d?filter%5Bid%5D=1,2&x=a+b&x=%26&flag HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("GET /a b/c+d [filter[id]=1,2] [x=a b] [x=&] [flag=] "), std::string::npos) << answer;
}

TEST(Server, AbsoluteTargetIsReadAsItsPath) {
  const auto target = parse_target("http://host:80/a?b=c");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a");
  EXPECT_EQ(target->parameters.size(), 1u);
  EXPECT_EQ(parse_target("http://host")->path, "/");
}

TEST(Server, ChunkedBodyArrivesWhole) {
  const auto server = started();
  const std::string answer = said(
      *server, "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("POST /c abcde")) << answer;
}

TEST(Server, ClientThatExpectsToBeAskedIsAsked) {
  const auto server = started();
  Connection connection(server->port());
  connection.say("POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(connection.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.say("ok");
  EXPECT_TRUE(connection.answer().ends_with("POST /e ok"));
}

TEST(Server, HeadHasTheLengthWithoutTheBody) {
  const auto server = started(answering({.status = 200, .headers = {}, .body = "four", .fault = {}}));
  const std::string answer = said(*server, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 4\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(Server, NoContentHasNoLength) {
  const auto server = started(answering({.status = 204, .headers = {}, .body = "", .fault = {}}));
  EXPECT_EQ(said(*server, LastGet).find("Content-Length"), std::string::npos);
}

TEST(Server, StopClosesOpenConnectionsAndFreesThePort) {
  auto server = started();
  const uint16_t port = server->port();
  Connection idle(port), delayed(port);
  idle.say(Get);
  EXPECT_FALSE(idle.answer().empty());
  server.reset();
  EXPECT_EQ(idle.rest(), "");
  EXPECT_FALSE(Connection(port).connected());
  EXPECT_TRUE(listen({.port = port}, echo).has_value());
}

TEST(Server, StopDoesNotWaitForADelayedAnswer) {
  auto server = started(answering(
      {.status = 200, .headers = {}, .body = "x", .fault = {.kind = ServerResponse::Fault::Kind::Delay, .delay = std::chrono::hours(1)}}));
  Connection connection(server->port());
  connection.say(Get);
  server.reset();
  EXPECT_EQ(connection.rest(), "");
}

TEST(Server, DelayedAnswerDoesNotHoldOthers) {
  const auto server = started([](const ServerRequest& request) {
    ServerResponse response = echo(request);
    if (request.path == "/a") response.fault = {.kind = ServerResponse::Fault::Kind::Delay, .delay = std::chrono::hours(1)};
    return response;
  });
  Connection delayed(server->port());
  delayed.say(Get);
  EXPECT_TRUE(said(*server, LastGet).ends_with("GET /last "));
}

TEST(Server, ManyConnectionsAtOnceAreServed) {
  const auto server = started();
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < 100; ++i) connections.push_back(std::make_unique<Connection>(server->port()));
  for (const auto& connection : connections) connection->say(Get);
  for (const auto& connection : connections) EXPECT_TRUE(connection->answer().starts_with("HTTP/1.1 200 "));
}

TEST(Server, LargeBodyArrivesWhole) {
  std::string body(20'000'000, 'x');
  for (size_t at = 0; at < body.size(); at += 997) body[at] = char('a' + at % 26);
  const auto server = started(answering({.status = 200, .headers = {}, .body = body, .fault = {}}));
  EXPECT_TRUE(said(*server, LastGet).ends_with(body));
}

using Kind = ServerResponse::Fault::Kind;

ServerResponse faulty(Kind kind, size_t after_bytes, std::chrono::milliseconds delay = std::chrono::milliseconds(0)) {
  return {.status = 200, .headers = {}, .body = "0123456789", .fault = {.kind = kind, .after_bytes = after_bytes, .delay = delay}};
}

TEST(ServerFault, CloseBeforeHeadersSaysNothing) {
  const auto server = started(answering(faulty(Kind::CloseBeforeHeaders, 0)));
  EXPECT_EQ(said(*server, Get), "");
}

TEST(ServerFault, CloseInBodyPromisesMoreThanItSends) {
  const auto server = started(answering(faulty(Kind::CloseInBody, 4)));
  const std::string answer = said(*server, Get);
  EXPECT_NE(answer.find("Content-Length: 10\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n0123"));
}

TEST(ServerFault, ShortBodyPromisesNothing) {
  const auto server = started(answering(faulty(Kind::ShortBody, 4)));
  const std::string answer = said(*server, Get);
  EXPECT_EQ(answer.find("Content-Length"), std::string::npos);
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n0123"));
}

TEST(ServerFault, DelayComesBeforeTheAnswer) {
  const auto server = started(answering(faulty(Kind::Delay, 0, std::chrono::milliseconds(150))));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(said(*server, LastGet).ends_with("0123456789"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(150));
}

TEST(ServerFault, DripSendsTheWholeBodySlowly) {
  const auto server = started(answering(faulty(Kind::Drip, 0, std::chrono::milliseconds(10))));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(said(*server, LastGet).ends_with("0123456789"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(100));
}

}  // namespace
}  // namespace syncline::http
