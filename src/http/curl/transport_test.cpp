// SPDX-License-Identifier: Apache-2.0
#include "http/transport.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "base/secret.hpp"
#include "support/raw_server.hpp"
#include "support/tls_server.hpp"

namespace syncline::http {
namespace {

using base::ErrorKind;
using base::Side;
using test::http_answer;
using test::RawServer;
using Then = RawServer::Answer::Then;

const Network OwnMachine{.allow_private = true, .ca_file = {}};

std::unique_ptr<Transport> transport(const Network& network = OwnMachine, const Deadlines& deadlines = {}, const SizeLimits& sizes = {}) {
  auto made = curl_transport(network, deadlines, sizes);
  EXPECT_TRUE(made.has_value());
  return std::move(*made);
}

Request get(const std::string& url) { return {.method = "GET", .url = url, .headers = {}, .credentials = {}, .body = {}}; }
Request post(const std::string& url, const std::string& body) {
  return {.method = "POST", .url = url, .headers = {}, .credentials = {}, .body = body};
}

/// The error of one GET that must fail.
base::Error error_of_get(const std::string& url, const Network& network = OwnMachine, const Deadlines& deadlines = {},
                         const SizeLimits& sizes = {}) {
  auto answer = transport(network, deadlines, sizes)->exchange(get(url), {});
  EXPECT_FALSE(answer.has_value()) << url;
  return answer ? base::Error{} : answer.error();
}

/// The same of a server that sends these bytes and then closes.
base::Error error_of_bytes(const std::string& bytes, Then then = Then::Close, const SizeLimits& sizes = {}) {
  RawServer server({{{.bytes = bytes, .then = then}}});
  return error_of_get(server.url("/"), OwnMachine, {}, sizes);
}

TEST(CurlTransport, A8ABodyShorterThanDeclaredIsTransient) {
  const base::Error error = error_of_bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":");
  EXPECT_EQ(error.kind, ErrorKind::Transient);
  EXPECT_EQ(error.side, Side::Source);
  EXPECT_EQ(error.code, "cut_answer");
}

TEST(CurlTransport, A13AChunkedBodyCutInAChunkIsTransient) {
  EXPECT_EQ(error_of_bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc").kind, ErrorKind::Transient);
}

TEST(CurlTransport, A13AChunkedBodyWithoutItsLastChunkIsTransient) {
  EXPECT_EQ(error_of_bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").kind, ErrorKind::Transient);
}

TEST(CurlTransport, A14TwoDifferentLengthsAreAMalformedAnswer) {
  for (const char* lengths : {"Content-Length: 5\r\nContent-Length: 2\r\n", "Content-Length: 2\r\ncontent-length: 5\r\n",
                              "Content-Length: 2, 5\r\n", "Content-Length: 5\r\nContent-Length: five\r\n"}) {
    const base::Error error = error_of_bytes(std::string("HTTP/1.1 200 OK\r\n") + lengths + "\r\nabcde");
    EXPECT_EQ(error.kind, ErrorKind::ContractDrift) << lengths;
    EXPECT_EQ(error.code, "malformed_answer") << lengths;
  }
}

TEST(CurlTransport, TheSameLengthTwiceIsOne) {
  RawServer server({{{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"}}});
  const auto answer = transport()->exchange(get(server.url("/")), {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->text(), "abc");
}

TEST(CurlTransport, WhatIsNotHttpIsAMalformedAnswer) {
  for (const std::string& bytes :
       {std::string("SSH-2.0-OpenSSH_9.2\r\n"), std::string("hello\r\n\r\n"), std::string("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"), std::string("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", 27)}) {
    EXPECT_EQ(error_of_bytes(bytes).kind, ErrorKind::ContractDrift) << bytes;
  }
}

TEST(CurlTransport, NoAnswerAtAllIsTransient) {
  EXPECT_EQ(error_of_bytes("", Then::Close).kind, ErrorKind::Transient);
  EXPECT_EQ(error_of_bytes("", Then::Reset).kind, ErrorKind::Transient);
  EXPECT_EQ(error_of_bytes("HTTP/1.1 200", Then::Reset).kind, ErrorKind::Transient);
}

TEST(CurlTransport, A17ARefusedConnectionIsTransientAndSaysThatNothingWasSent) {
  uint16_t port = 0;
  {
    RawServer gone(std::vector<RawServer::Script>(1));
    port = gone.port();
  }
  const base::Error error = error_of_get("http://127.0.0.1:" + std::to_string(port) + "/");
  EXPECT_EQ(error.kind, ErrorKind::Transient);
  EXPECT_EQ(error.code, "not_sent");
  EXPECT_EQ(base::exit_code_of(error), base::exit_code::Source);
}

TEST(CurlTransport, A18SilenceAfterTheHeadersEnds) {
  RawServer server({{{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", .then = Then::Hang}}});
  const base::Error error = error_of_get(server.url("/"), OwnMachine, {.silence = std::chrono::milliseconds(1000)});
  EXPECT_EQ(error.kind, ErrorKind::Transient);
  EXPECT_EQ(error.code, "deadline");
}

TEST(CurlTransport, A18ASlowDripEndsAtTheTotalDeadline) {
  RawServer server({{{.bytes = http_answer(std::string(10'000, 'x')), .between_bytes = std::chrono::milliseconds(5)}}});
  const base::Error error = error_of_get(server.url("/"), OwnMachine, {.total = std::chrono::milliseconds(400)});
  EXPECT_EQ(error.kind, ErrorKind::Transient);
  EXPECT_EQ(error.code, "deadline");
}

TEST(CurlTransport, A19ARedirectIsAnAnswerAndIsNotFollowed) {
  RawServer elsewhere({{{.bytes = http_answer("secret page")}}});
  RawServer server({{{.bytes = http_answer("", "302 Found", "Location: " + elsewhere.url("/x") + "\r\n")}}});
  const auto answer = transport()->exchange(get(server.url("/")), {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(elsewhere.connections(), 0u);
}

TEST(CurlTransport, KeepsTheConnectionBetweenExchanges) {
  RawServer server({{{.bytes = http_answer("1")}, {.bytes = http_answer("2")}, {.bytes = http_answer("3")}}});
  const auto kept = transport();
  for (const char* expected : {"1", "2", "3"}) EXPECT_EQ(kept->exchange(get(server.url("/")), {}).value().text(), expected);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(CurlTransport, A21AKeptConnectionClosedBetweenPagesIsReplacedUnseen) {
  RawServer server({{{.bytes = http_answer("page 1")}, {.bytes = "", .then = Then::Close}}, {{.bytes = http_answer("page 2")}}});
  const auto kept = transport();
  EXPECT_EQ(kept->exchange(get(server.url("/1")), {}).value().text(), "page 1");
  EXPECT_EQ(kept->exchange(get(server.url("/2")), {}).value().text(), "page 2");
  EXPECT_EQ(server.connections(), 2u);
}

TEST(CurlTransport, A21AKeptConnectionThatWasResetIsReplacedUnseen) {
  RawServer server({{{.bytes = http_answer("page 1")}, {.bytes = "", .then = Then::Reset}}, {{.bytes = http_answer("page 2")}}});
  const auto kept = transport();
  EXPECT_EQ(kept->exchange(get(server.url("/1")), {}).value().text(), "page 1");
  EXPECT_EQ(kept->exchange(get(server.url("/2")), {}).value().text(), "page 2");
}

TEST(CurlTransport, A21AnAnswerThatHadBegunIsNotAskedForAgainUnseen) {
  RawServer server({{{.bytes = http_answer("page 1")}, {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\npa", .then = Then::Close}}});
  const auto kept = transport();
  EXPECT_TRUE(kept->exchange(get(server.url("/1")), {}));
  EXPECT_EQ(kept->exchange(get(server.url("/2")), {}).error().code, "cut_answer");
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST(CurlTransport, A21APostIsNeverSentTwice) {
  RawServer server({{{.bytes = http_answer("page 1")}, {.bytes = "", .then = Then::Close}}, {{.bytes = "", .then = Then::Close}}});
  const auto kept = transport();
  EXPECT_TRUE(kept->exchange(get(server.url("/1")), {}));
  const auto answer = kept->exchange(post(server.url("/reports"), "{}"), {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
  EXPECT_EQ(answer.error().code, "no_answer");
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST(CurlTransport, SendsWhatItWasGivenAndNothingOfCurlsOwn) {
  RawServer server({{{.bytes = http_answer("ok", "201 Created", "X-Id:  7 \r\n")}}});
  const auto answer = transport()->exchange({.method = "POST",
                                             .url = server.url("/a/../b?q=%20x#frag"),
                                             .headers = {{"Accept", "application/json"}, {"X-Empty", ""}},
                                             .credentials = {{"Authorization", "Bearer abc"}, {"X-Api-Key", "k"}},
                                             .body = std::string("{\0}", 3)},
                                            {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(header(answer->headers, "x-id"), "7");
  EXPECT_EQ(answer->url, server.url("/a/../b?q=%20x#frag"));
  EXPECT_EQ(server.requests().at(0),
            "POST /a/../b?q=%20x HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                "\r\nAccept: application/json\r\nX-Empty:\r\nAuthorization: Bearer abc\r\nX-Api-Key: k\r\nUser-Agent: syncline\r\n"
                "Content-Length: 3\r\n\r\n" +
                std::string("{\0}", 3));
}

TEST(CurlTransport, EveryMethodKeepsItsName) {
  RawServer server({{{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"},
                     {.bytes = http_answer("")},
                     {.bytes = "HTTP/1.1 204 No Content\r\n\r\n"},
                     {.bytes = http_answer("")}}});
  const auto kept = transport();
  for (const char* method : {"HEAD", "PUT", "DELETE", "GET"}) {
    Request request = get(server.url("/"));
    request.method = method;
    const auto answer = kept->exchange(request, {});
    ASSERT_TRUE(answer) << method << answer.error().message;
    EXPECT_TRUE(server.requests().back().starts_with(std::string(method) + " / HTTP/1.1\r\n"));
    EXPECT_EQ(answer->text(), "");
  }
}

TEST(CurlTransport, TheBodyIsAsSentAndLeavesRoomForPadding) {
  const std::string packed = "\x1f\x8b not really gzip";
  RawServer server({{{.bytes = http_answer(packed, "200 OK", "Content-Encoding: gzip\r\n")},
                     {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n"},
                     {.bytes = http_answer("")}}});
  const auto kept = transport();
  for (const std::string& expected : {packed, std::string("abcde"), std::string()}) {
    const auto answer = kept->exchange(get(server.url("/")), {});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->text(), expected);
    EXPECT_GE(answer->body.capacity(), answer->body.size() + 64);
    EXPECT_EQ(header(answer->headers, "Trailer"), "");
  }
}

TEST(CurlTransport, InterimAnswersAreDroppedAndFoldedFieldsJoined) {
  RawServer server({{{.bytes = "HTTP/1.1 103 Early Hints\r\nLink: x\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\nA: one\r\n  "
                               "two\r\nContent-Length: 2\r\n\r\nok"}}});
  const auto answer = transport()->exchange(get(server.url("/")), {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(header(answer->headers, "Link"), "");
  EXPECT_EQ(header(answer->headers, "A"), "one two");
  EXPECT_EQ(answer->text(), "ok");
}

// D12: size has a limit
TEST(CurlTransport, ABodyBeyondItsLimitIsRefused) {
  const SizeLimits sizes{.received_bytes_max = 1000};
  const std::string body(1001, 'x');
  for (const std::string& bytes : {http_answer(body), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body,
                                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + body + "\r\n0\r\n\r\n",
                                   std::string("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\nx")}) {
    const base::Error error = error_of_bytes(bytes, Then::Close, sizes);
    EXPECT_EQ(error.kind, ErrorKind::Guard);
    EXPECT_EQ(base::exit_code_of(error), base::exit_code::Guard);
  }
  RawServer server({{{.bytes = http_answer(std::string(1000, 'x'))}}});
  EXPECT_TRUE(transport(OwnMachine, {}, sizes)->exchange(get(server.url("/")), {}));
}

TEST(CurlTransport, HeadersBeyondTheirLimitAreRefused) {
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int field = 0; field < 5000; ++field) many += "X-Filler: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n";
  EXPECT_EQ(error_of_bytes(many + "\r\n").kind, ErrorKind::Guard);
  EXPECT_EQ(error_of_bytes("HTTP/1.1 200 OK\r\nX-Long: " + std::string(300'000, 'x') + "\r\n\r\n").kind, ErrorKind::Guard);
  EXPECT_EQ(
      error_of_bytes("HTTP/1.1 200 OK\r\nX-Long: " + std::string(2000, 'x') + "\r\n\r\n", Then::Close, {.header_bytes_max = 1000}).kind,
      ErrorKind::Guard);
  std::string interim;
  for (int block = 0; block < 20'000; ++block) interim += "HTTP/1.1 103 Early Hints\r\n\r\n";
  EXPECT_EQ(error_of_bytes(interim).kind, ErrorKind::Guard);
}

TEST(CurlTransport, AStopTokenEndsAWaitAtOnce) {
  RawServer server({{{.bytes = http_answer("first")}, {.bytes = "", .then = Then::Hang}}, {{.bytes = http_answer("next")}}});
  const auto kept = transport();
  EXPECT_TRUE(kept->exchange(get(server.url("/")), {}));  // a kept connection has none of a new one's timers that could end the wait, too
  std::stop_source stop;
  std::chrono::steady_clock::time_point asked;
  std::thread stopper([&] {
    EXPECT_TRUE(server.wait_for_requests(2));
    asked = std::chrono::steady_clock::now();
    stop.request_stop();
  });
  const auto answer = kept->exchange(get(server.url("/")), stop.get_token());
  const auto answered = std::chrono::steady_clock::now();
  stopper.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Cancelled);
  EXPECT_LT(answered - asked, std::chrono::milliseconds(500));
  EXPECT_EQ(kept->exchange(get(server.url("/")), {}).value().text(), "next") << "the half-read connection must not be used again";
}

TEST(CurlTransport, AStopTokenThatCameBeforeSendsNothing) {
  RawServer server({{{.bytes = http_answer("")}}});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(transport()->exchange(get(server.url("/")), stop.get_token()).error().kind, ErrorKind::Cancelled);
  EXPECT_EQ(server.requests().size(), 0u);
}

TEST(CurlTransport, S7AddressesThatAreNotPublicAreRefusedWhateverTheyAreCalled) {
  RawServer server({{{.bytes = http_answer("inside")}}});
  const std::string port = ":" + std::to_string(server.port());
  for (const std::string host : {"127.0.0.1", "localhost", "0x7f.1", "2130706433", "017700000001", "127.1", "0.0.0.0", "[::1]",
                                 "[::ffff:7f00:1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.1.1",
                                 "100.64.0.1", "[fd00::1]", "[2002:7f00:1::1]", "[64:ff9b::7f00:1]"}) {
    const base::Error error = error_of_get("http://" + host + port + "/", Network{});
    EXPECT_EQ(error.kind, ErrorKind::BadConfig) << host;
    EXPECT_EQ(error.code, "address_refused") << host << ": " << error.message;
    EXPECT_EQ(base::exit_code_of(error), base::exit_code::Usage);
  }
  EXPECT_EQ(server.connections(), 0u);
}

TEST(CurlTransport, S7UrlsThatParsersReadDifferentlyAreRefused) {
  for (const char* url :
       {"http://a@b/", "http://user:pass@127.0.0.1/", "http://127.0.0.1\\@evil/", "file:///etc/passwd", "gopher://127.0.0.1/", "http:///x",
        "http://h:0/", "http://h:70000/", "http://h /", "http://h/\r\nX: y", "", "/x", "127.0.0.1", "http://127.0.0.1%2f/"}) {
    const base::Error error = error_of_get(url);
    EXPECT_EQ(error.kind, ErrorKind::BadConfig) << url;
    EXPECT_EQ(error.code, "malformed_url") << url;
  }
}

TEST(CurlTransport, AHeaderThatWouldMakeAnotherIsRefusedWithoutShowingIt) {
  RawServer server({{{.bytes = http_answer("")}}});
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"X-Api-Key", "canary\r\nX-Injected: 1"},
                                    {"X-Api-Key", "canary\n"},
                                    {"X Key", "canary"},
                                    {"", "canary"},
                                    {"X-Api-Key", std::string("canary\0", 7)},
                                    {"A:b", "canary"}}) {
    Request request = get(server.url("/"));
    request.credentials = {{name, value}};
    const auto answer = transport()->exchange(request, {});
    ASSERT_FALSE(answer) << name;
    EXPECT_EQ(answer.error().kind, ErrorKind::BadConfig);
    EXPECT_EQ(answer.error().message.find("canary"), std::string::npos);
  }
  EXPECT_EQ(server.connections(), 0u);
}

TEST(CurlTransport, S11ErrorsNameTheUrlWithoutItsSecrets) {
  const base::Secret secret("path-canary-1");
  RawServer server({{{.bytes = "", .then = Then::Close}}});
  const base::Error error = error_of_get(server.url("/hooks/path-canary-1/x?token=query-canary"));
  EXPECT_NE(error.message.find("GET http://127.0.0.1:"), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find("canary"), std::string::npos) << error.message;
}

TEST(CurlTransport, AProxyFromTheEnvironmentIsNotUsed) {
  RawServer proxy({{{.bytes = http_answer("from the proxy")}}});
  RawServer server({{{.bytes = http_answer("from the server")}}});
  setenv("http_proxy", proxy.url("").c_str(), 1);
  const auto answer = transport()->exchange(get(server.url("/")), {});
  unsetenv("http_proxy");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->text(), "from the server");
}

TEST(CurlTransport, AMissingAuthoritiesFileIsABadConfiguration) {
  const auto made = curl_transport({.allow_private = true, .ca_file = "/nowhere/ca.pem"}, {}, {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::BadConfig);
  EXPECT_EQ(made.error().side, Side::Files);
}

class CurlTransportTls : public testing::Test {
 protected:
  static void SetUpTestSuite() { authority_ = new test::TestAuthority; }
  static void TearDownTestSuite() { delete authority_; }

  static base::Result<Response> page(const test::TlsServer& server, const Network& network, const std::string& host = "127.0.0.1") {
    return transport(network)->exchange(get("https://" + host + ":" + std::to_string(server.port()) + "/"), {});
  }
  static Network trusting() { return {.allow_private = true, .ca_file = authority_->ca_file()}; }
  static void expect_refused(const base::Result<Response>& answer, std::string_view code = "tls_not_verified") {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::BadConfig) << answer.error().message;
    EXPECT_EQ(answer.error().side, Side::Source);
    EXPECT_EQ(answer.error().code, code) << answer.error().message;
    EXPECT_EQ(base::exit_code_of(answer.error()), base::exit_code::Usage);
  }

  static inline test::TestAuthority* authority_ = nullptr;
};

TEST_F(CurlTransportTls, A17AnExpiredCertificateIsRefused) {
  expect_refused(page(test::TlsServer(authority_->issue("IP:127.0.0.1", "20200101000000Z", "20200201000000Z"), {}), trusting()));
}

TEST_F(CurlTransportTls, A17ACertificateForAnotherHostIsRefused) {
  const test::TlsServer server(authority_->issue("DNS:localhost"), {});
  expect_refused(page(server, trusting(), "127.0.0.1"));
  EXPECT_TRUE(page(server, trusting(), "localhost"));
}

TEST_F(CurlTransportTls, A17ACertificateOfAnAuthorityNobodyKnowsIsRefused) {
  const test::TlsServer server(authority_->issue("IP:127.0.0.1"), {});
  expect_refused(page(server, OwnMachine));
  const test::TestAuthority another;
  expect_refused(page(server, {.allow_private = true, .ca_file = another.ca_file()}));
}

TEST_F(CurlTransportTls, S10TlsOlderThanOneTwoIsRefused) {
  const auto certificate = authority_->issue("IP:127.0.0.1");
  for (const char* version : {"-tls1", "-tls1_1"}) {
    expect_refused(page(test::TlsServer(certificate, {version, "-cipher", "ALL:@SECLEVEL=0"}), trusting()), "tls_refused");
  }
  EXPECT_TRUE(page(test::TlsServer(certificate, {"-tls1_2"}), trusting()));
}

TEST_F(CurlTransportTls, AServerWithoutTlsIsRefused) {
  RawServer server({{{.bytes = http_answer("plain")}}});
  Deadlines short_ones{.total = std::chrono::milliseconds(500)};
  const auto answer = transport(OwnMachine, short_ones)->exchange(get("https://127.0.0.1:" + std::to_string(server.port()) + "/"), {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(server.requests().size(), 0u);
}

TEST_F(CurlTransportTls, ACertificateOfTheGivenAuthorityIsAccepted) {
  const auto answer = page(test::TlsServer(authority_->issue("IP:127.0.0.1"), {}), trusting());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_NE(answer->text().find("TLSv1.3"), std::string_view::npos);
}

}  // namespace
}  // namespace syncline::http
