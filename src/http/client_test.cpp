// SPDX-License-Identifier: Apache-2.0
#include "http/client.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "base/time.hpp"
#include "support/raw_server.hpp"

namespace syncline::http {
namespace {

using base::ErrorKind;
using base::Side;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Time that passes only by waiting.
class VirtualClock final : public base::Clock {
 public:
  [[nodiscard]] base::Timestamp now() const override {
    return base::Timestamp(seconds(1'445'412'480)) + passed;
  }  // Wed, 21 Oct 2015 07:28:00 GMT
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(minutes(1)) + passed;
  }
  bool wait(milliseconds duration, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    waits.push_back(duration);
    passed += duration;
    return true;
  }

  milliseconds passed{0};
  std::vector<milliseconds> waits;
};

/// Answers in the order they were given, and remembers what was asked.
class ScriptedTransport final : public Transport {
 public:
  explicit ScriptedTransport(const base::Clock& clock) : clock_(clock) {}

  base::Result<Response> exchange(const Request& request, std::stop_token) override {
    requests.push_back(request);
    times.push_back(clock_.steady());
    base::Result<Response> answer = answers.empty() ? always : std::move(answers.front());
    if (!answers.empty()) answers.pop_front();
    if (answer) answer->url = request.url;
    return answer;
  }

  std::deque<base::Result<Response>> answers;
  base::Result<Response> always = Response{.status = 200, .headers = {}, .body = {}, .url = {}};  ///< once the answers are used up
  std::vector<Request> requests;
  std::vector<std::chrono::steady_clock::time_point> times;

 private:
  const base::Clock& clock_;
};

Response answer(int status, Headers headers = {}, std::string_view body = "") {
  return {.status = status, .headers = std::move(headers), .body = {body.begin(), body.end()}, .url = {}};
}
Response redirect(int status, const std::string& location) { return answer(status, {{"Location", location}}); }

base::Result<Response> no_answer(const std::string& code = "no_answer") {
  return base::fail({.kind = ErrorKind::Transient,
                     .side = Side::Source,
                     .message = "the connection was closed",
                     .code = code,
                     .subject = {},
                     .retry_after = {}});
}

/// "rows\n" by gzip.
const std::string PackedRows("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x2b\xca\x2f\x2f\xe6\x02\x00\x19\x1e\x0c\x93\x05\x00\x00\x00", 25);

class ClientTest : public testing::Test {
 protected:
  Client client(RateLimit rate = {}, RetryPolicy retry = {}, SizeLimits sizes = {}) {
    return {transport_, clock_, random_, retry, rate, sizes};
  }
  static Request get(const std::string& url = "https://api.example.com/v1/rows") {
    return {.method = "GET", .url = url, .headers = {}, .credentials = {}, .body = {}};
  }
  static Request post() {
    return {.method = "POST", .url = "https://api.example.com/v1/reports", .headers = {}, .credentials = {}, .body = "{}"};
  }

  void expect_waits(std::vector<milliseconds> expected) { EXPECT_EQ(clock_.waits, expected); }

  VirtualClock clock_;
  base::Random random_{1};
  ScriptedTransport transport_{clock_};
};

TEST_F(ClientTest, A1A429IsTriedAgainAfterTheSecondsItAskedFor) {
  transport_.answers = {answer(429, {{"Retry-After", "120"}})};
  Client sender = client();
  const auto got = sender.send(get(), {});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 200);
  expect_waits({seconds(120)});
  EXPECT_EQ(sender.traffic().requests, 2);
  EXPECT_EQ(sender.traffic().retries, 1);
  EXPECT_EQ(sender.traffic().waited, seconds(120));
}

TEST_F(ClientTest, A2A429IsTriedAgainAtTheDateItAskedForByTheServersClock) {
  transport_.answers = {answer(429, {{"Retry-After", "Wed, 21 Oct 2015 07:30:00 GMT"}}),
                        answer(503, {{"Date", "Wed, 21 Oct 2015 08:30:00 GMT"}, {"Retry-After", "Wed, 21 Oct 2015 08:30:30 GMT"}})};
  Client sender = client();
  EXPECT_TRUE(sender.send(get(), {}));
  expect_waits({seconds(120), seconds(30)});
  EXPECT_EQ(sender.clock_skew(), minutes(60));
}

TEST_F(ClientTest, A3AnUnreadableRetryAfterMeansBackoff) {
  for (const char* text : {"abc", "", "5, 10", "tomorrow"}) {
    clock_.waits.clear();
    transport_.answers = {answer(429, {{"Retry-After", text}})};
    EXPECT_TRUE(client().send(get(), {}));
    ASSERT_EQ(clock_.waits.size(), 1u) << text;
    EXPECT_GE(clock_.waits[0], milliseconds(500)) << text;
    EXPECT_LE(clock_.waits[0], milliseconds(1000)) << text;
  }
}

TEST_F(ClientTest, A3ARetryAfterInThePastIsNoInvitationToHammer) {
  transport_.answers = {answer(429, {{"Retry-After", "-5"}}), answer(429, {{"Retry-After", "0"}}),
                        answer(429, {{"Retry-After", "Wed, 21 Oct 2015 07:00:00 GMT"}}), answer(429, {{"Retry-After", "1.5"}})};
  EXPECT_TRUE(client().send(get(), {}));
  expect_waits({milliseconds(500), milliseconds(500), milliseconds(500), milliseconds(1500)});
}

TEST_F(ClientTest, A4ARetryAfterLongerThanTheRunWaitsEndsAtOnce) {
  for (const auto& [text, expected] : {std::pair<const char*, milliseconds>{"601", seconds(601)},
                                       {"99999999999999999999", std::chrono::hours(24)},
                                       {"Fri, 31 Dec 9999 23:59:59 GMT", std::chrono::hours(24)}}) {
    for (int status : {429, 503}) {
      transport_.answers = {answer(status, {{"Retry-After", text}})};
      const auto got = client().send(get(), {});
      ASSERT_FALSE(got);
      EXPECT_EQ(got.error().kind, ErrorKind::RateLimited);
      EXPECT_EQ(got.error().retry_after, expected);
      EXPECT_EQ(base::exit_code_of(got.error()), base::exit_code::Incomplete);
    }
  }
  expect_waits({});
}

TEST_F(ClientTest, A5ServerErrorsAreTriedAgainWithGrowingDelays) {
  transport_.answers = {answer(500), answer(502), answer(503), answer(504), answer(520)};
  Client sender = client();
  const auto got = sender.send(get(), {});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(sender.traffic().requests, 6);
  EXPECT_EQ(sender.traffic().retries, 5);
  ASSERT_EQ(clock_.waits.size(), 5u);
  for (size_t attempt = 0; attempt < 5; ++attempt) {
    EXPECT_GE(clock_.waits[attempt], milliseconds(500));
    EXPECT_LE(clock_.waits[attempt], milliseconds(500) * (2 << attempt));
  }
}

TEST_F(ClientTest, BackoffIsSpreadOverItsWholeRangeAndNeverBeyondItsEnd) {
  transport_.always = answer(503);
  Client sender = client({}, {.attempts_max = 2000});
  EXPECT_FALSE(sender.send(get(), {}));
  const auto late_begin = clock_.waits.begin() + 10;
  const auto [least, most] = std::minmax_element(late_begin, clock_.waits.end());
  EXPECT_LT(*least, milliseconds(1500));
  EXPECT_GT(*most, milliseconds(29'000));
  EXPECT_LE(*most, milliseconds(30'000));
}

TEST_F(ClientTest, A6ServerErrorsForeverAreTransientOnTheSourcesSide) {
  transport_.always = answer(500);
  const auto got = client().send(get("https://api.example.com/v1/rows?token=canary"), {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Transient);
  EXPECT_EQ(base::exit_code_of(got.error()), base::exit_code::Source);
  EXPECT_EQ(got.error().message, "GET https://api.example.com/v1/rows: answered 500, 6 times");
  EXPECT_EQ(transport_.requests.size(), 6u);
}

TEST_F(ClientTest, ARateLimitForeverNamesAWait) {
  transport_.always = answer(429);
  const auto got = client().send(get(), {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::RateLimited);
  EXPECT_EQ(got.error().retry_after, milliseconds(30'000));
  EXPECT_EQ(transport_.requests.size(), 6u);
}

TEST_F(ClientTest, AnswersWithAMeaningAreTheCallers) {
  for (int status : {200, 201, 204, 304, 400, 401, 403, 404, 409, 410, 422, 501, 505}) {
    transport_.answers = {answer(status, {}, "body")};
    const auto got = client().send(get(), {});
    ASSERT_TRUE(got) << status;
    EXPECT_EQ(got->status, status);
    EXPECT_EQ(got->text(), "body");
  }
  expect_waits({});
}

TEST_F(ClientTest, ACutAnswerIsTriedAgain) {
  transport_.answers = {no_answer("cut_answer"), no_answer("deadline")};
  EXPECT_TRUE(client().send(get(), {}));
  EXPECT_EQ(transport_.requests.size(), 3u);
}

TEST_F(ClientTest, ErrorsThatStayAreNotTriedAgain) {
  for (ErrorKind kind : {ErrorKind::BadConfig, ErrorKind::ContractDrift, ErrorKind::Guard, ErrorKind::Cancelled, ErrorKind::Fatal}) {
    transport_.requests.clear();
    transport_.answers = {base::fail({.kind = kind, .side = Side::Source, .message = "no", .code = {}, .subject = {}, .retry_after = {}})};
    EXPECT_EQ(client().send(get(), {}).error().kind, kind);
    EXPECT_EQ(transport_.requests.size(), 1u);
  }
}

TEST_F(ClientTest, A21APostThatMayHaveArrivedIsNotSentAgain) {
  for (const auto& failed : {no_answer(), no_answer("cut_answer"), base::Result<Response>(answer(500)),
                             base::Result<Response>(answer(503, {{"Retry-After", "1"}}))}) {
    for (const char* body : {"{}", ""}) {
      transport_.requests.clear();
      transport_.answers = {failed};
      Request request = post();
      request.body = body;
      EXPECT_EQ(client().send(request, {}).error().kind, ErrorKind::Transient);
      EXPECT_EQ(transport_.requests.size(), 1u);
    }
  }
  expect_waits({});
}

TEST_F(ClientTest, APostThatNeverLeftOrWasRefusedAsTooManyIsSentAgain) {
  transport_.answers = {no_answer("not_sent"), answer(429, {{"Retry-After", "3"}}), answer(202)};
  EXPECT_EQ(client().send(post(), {}).value().status, 202);
  EXPECT_EQ(transport_.requests.size(), 3u);
  EXPECT_EQ(transport_.requests[2].body, "{}");
}

TEST_F(ClientTest, PutAndDeleteAreSentAgain) {
  for (const char* method : {"PUT", "DELETE", "HEAD"}) {
    transport_.answers = {no_answer(), answer(200)};
    Request request = get();
    request.method = method;
    EXPECT_TRUE(client().send(request, {})) << method;
  }
}

TEST_F(ClientTest, A10ACutPackedBodyIsTriedAgain) {
  const Headers gzip{{"Content-Encoding", "gzip"}};
  transport_.answers = {answer(200, gzip, PackedRows.substr(0, 17)), answer(200, gzip, PackedRows.substr(0, 20)),
                        answer(200, gzip, PackedRows)};
  Client sender = client();
  const auto got = sender.send(get(), {});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->text(), "rows\n");
  EXPECT_EQ(sender.traffic().retries, 2);
  EXPECT_EQ(sender.traffic().bytes, int64_t(17 + 20 + PackedRows.size()));
}

TEST_F(ClientTest, A12ABombIsRefusedAndNotAskedForAgain) {
  transport_.answers = {answer(200, {{"Content-Encoding", "gzip"}}, PackedRows)};
  EXPECT_EQ(client({}, {}, {.inflated_bytes_max = 4}).send(get(), {}).error().kind, ErrorKind::Guard);
  EXPECT_EQ(transport_.requests.size(), 1u);
}

TEST_F(ClientTest, AsksForGzipUnlessTheCallerSaysOtherwise) {
  EXPECT_TRUE(client().send(get(), {}));
  EXPECT_EQ(header(transport_.requests.at(0).headers, "Accept-Encoding"), "gzip");
  Request plain = get();
  plain.headers = {{"accept-encoding", "identity"}};
  EXPECT_TRUE(client().send(plain, {}));
  EXPECT_EQ(transport_.requests.at(1).headers, plain.headers);
}

TEST_F(ClientTest, AnAnswerWithoutABodyIsNotUnpacked) {
  const Headers packed_nothing{{"Content-Encoding", "gzip"}, {"Content-Length", "0"}};
  transport_.answers = {answer(200, packed_nothing), answer(204, {{"Content-Encoding", "gzip"}}),
                        answer(200, {{"Content-Encoding", "gzip"}})};
  EXPECT_TRUE(client().send(get(), {}));
  EXPECT_TRUE(client().send(get(), {}));
  Request head = get();
  head.method = "HEAD";
  EXPECT_TRUE(client().send(head, {}));
}

TEST_F(ClientTest, AnEncodingNobodyAskedForIsDrift) {
  transport_.answers = {answer(200, {{"Content-Encoding", "br"}}, "x")};
  EXPECT_EQ(client().send(get(), {}).error().kind, ErrorKind::ContractDrift);
}

TEST_F(ClientTest, A19ARedirectToAnotherOriginCarriesNoCredentialOfAnyName) {
  for (const char* elsewhere :
       {"https://evil.example/x", "https://api.example.com:8443/x", "//evil.example/x", "https://api.example.com.evil.example/"}) {
    transport_.requests.clear();
    transport_.answers = {redirect(302, elsewhere)};
    Request request = get();
    request.headers = {{"Accept", "text/csv"}, {"cookie", "canary"}, {"authorization", "canary"}};
    request.credentials = {{"Authorization", "Bearer canary"}, {"X-Api-Key", "canary"}, {"Cookie", "canary"}, {"X-Custom", "canary"}};
    EXPECT_TRUE(client().send(request, {})) << elsewhere;
    ASSERT_EQ(transport_.requests.size(), 2u);
    EXPECT_EQ(transport_.requests[0].credentials.size(), 4u);
    EXPECT_TRUE(transport_.requests[1].credentials.empty()) << elsewhere;
    EXPECT_EQ(transport_.requests[1].headers, (Headers{{"Accept", "text/csv"}, {"Accept-Encoding", "gzip"}}));
  }
}

TEST_F(ClientTest, A19CredentialsDoNotComeBackAfterADetour) {
  transport_.answers = {redirect(302, "https://evil.example/"), redirect(302, "https://api.example.com/v1/other")};
  Request request = get();
  request.credentials = {{"X-Api-Key", "canary"}};
  EXPECT_TRUE(client().send(request, {}));
  ASSERT_EQ(transport_.requests.size(), 3u);
  EXPECT_TRUE(transport_.requests[2].credentials.empty());
}

TEST_F(ClientTest, ARedirectWithinTheOriginKeepsCredentials) {
  for (int status : {301, 302, 303, 307, 308}) {
    transport_.requests.clear();
    transport_.answers = {redirect(status, "/v2/rows?page=2"), answer(200, {}, "rows")};
    Request request = get();
    request.credentials = {{"X-Api-Key", "key"}};
    const auto got = client().send(request, {});
    ASSERT_TRUE(got) << status;
    EXPECT_EQ(got->url, "https://api.example.com/v2/rows?page=2");
    EXPECT_EQ(transport_.requests.at(1).url, "https://api.example.com/v2/rows?page=2");
    EXPECT_EQ(transport_.requests.at(1).credentials, request.credentials);
  }
}

TEST_F(ClientTest, A20ALoopOfRedirectsEndsAfterFive) {
  transport_.always = redirect(308, "/again");
  const auto got = client().send(get(), {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::BadConfig);
  EXPECT_EQ(base::exit_code_of(got.error()), base::exit_code::Usage);
  EXPECT_EQ(transport_.requests.size(), 6u);
}

TEST_F(ClientTest, A20FiveRedirectsAreFollowed) {
  for (int hop = 0; hop < 5; ++hop) transport_.answers.emplace_back(redirect(302, "/" + std::to_string(hop)));
  EXPECT_EQ(client().send(get(), {}).value().url, "https://api.example.com/4");
}

TEST_F(ClientTest, A20ARedirectFromHttpsToHttpIsRefused) {
  transport_.answers = {redirect(302, "http://api.example.com/v1/rows?token=canary")};
  const auto got = client().send(get(), {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::BadConfig);
  EXPECT_EQ(got.error().message.find("canary"), std::string::npos);
  EXPECT_EQ(transport_.requests.size(), 1u);
}

TEST_F(ClientTest, S8ARedirectToWhatIsNoPlainUrlIsRefused) {
  for (const char* location : {"ftp://api.example.com/", "file:///etc/passwd", "https://user@api.example.com/", "https:///x",
                               "https://api.example.com\\@evil/", "javascript:1", "/a\r\nX-Injected: 1"}) {
    transport_.requests.clear();
    transport_.answers = {redirect(302, location)};
    const auto got = client().send(get(), {});
    ASSERT_FALSE(got) << location;
    EXPECT_EQ(got.error().kind, ErrorKind::BadConfig) << location;
    EXPECT_EQ(transport_.requests.size(), 1u);
  }
}

TEST_F(ClientTest, OnlyGetIsRedirected) {
  transport_.answers = {redirect(303, "/x"), answer(302)};
  EXPECT_EQ(client().send(post(), {}).value().status, 303);
  EXPECT_EQ(client().send(get(), {}).value().status, 302) << "without a Location there is nowhere to go";
}

TEST_F(ClientTest, AtMostTheLimitIsSentInAnyWindow) {
  for (int64_t limit : {1, 2, 7, 10, 60, 150}) {
    transport_.times.clear();
    Client sender = client({.requests = limit, .window = minutes(1)});
    for (int64_t sent = 0; sent < limit * 3 + 5; ++sent) {
      if (sent == limit + 1) clock_.passed += minutes(2);  // idle: the bucket fills
      ASSERT_TRUE(sender.send(get(), {}));
    }
    const auto& times = transport_.times;
    for (size_t first = 0; first + size_t(limit) < times.size(); ++first) {
      ASSERT_GE(times[first + size_t(limit)] - times[first], minutes(1) - milliseconds(1)) << limit << " from request " << first;
    }
    EXPECT_LE(times.back() - times.front(), minutes(2 + 3 + (5 + limit - 1) / limit)) << "and not needlessly less: " << limit;
  }
}

TEST_F(ClientTest, ShortWorkIsNotSlowedByTheRateLimit) {
  Client sender = client({.requests = 150, .window = minutes(1)});
  for (int sent = 0; sent < 15; ++sent) ASSERT_TRUE(sender.send(get(), {}));
  expect_waits({});
  ASSERT_TRUE(sender.send(get(), {}));
  EXPECT_EQ(clock_.waits.size(), 1u);
}

TEST_F(ClientTest, RetriesAndRedirectsCountAgainstTheRateLimit) {
  transport_.answers = {redirect(302, "/x"), answer(200), answer(200)};
  Client sender = client({.requests = 1, .window = seconds(10)});
  EXPECT_TRUE(sender.send(get(), {}));
  expect_waits({seconds(10)});
}

TEST_F(ClientTest, ALimitOfZeroIsNone) {
  Client sender = client();
  for (int sent = 0; sent < 1000; ++sent) ASSERT_TRUE(sender.send(get(), {}));
  expect_waits({});
}

TEST_F(ClientTest, AStopTokenEndsTheWait) {
  std::stop_source stop;
  transport_.always = answer(503);
  Client sender = client();
  sender.on_wait([&](std::string_view, milliseconds) { stop.request_stop(); });
  EXPECT_EQ(sender.send(get(), stop.get_token()).error().kind, ErrorKind::Cancelled);
  EXPECT_EQ(sender.send(get(), stop.get_token()).error().kind, ErrorKind::Cancelled);
  EXPECT_EQ(transport_.requests.size(), 1u);
  EXPECT_FALSE(sender.wait_to_try_again(1, stop.get_token()));
}

TEST_F(ClientTest, EveryWaitIsToldWithItsReasonAndLength) {
  std::vector<std::pair<std::string, milliseconds>> told;
  transport_.answers = {answer(429, {{"Retry-After", "7"}}), answer(200)};
  Client sender = client({.requests = 1, .window = seconds(10)});
  sender.on_wait([&](std::string_view reason, milliseconds duration) { told.emplace_back(reason, duration); });
  EXPECT_TRUE(sender.send(get(), {}));
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0], (std::pair<std::string, milliseconds>("GET https://api.example.com/v1/rows: answered 429 (too many requests)", 7000)));
  EXPECT_EQ(told[1], (std::pair<std::string, milliseconds>("the rate limit", 3000)));
  EXPECT_EQ(sender.traffic().waited, seconds(10));
}

TEST_F(ClientTest, ABrokenContentMayBeAskedForAsOftenAsAnyOther) {
  Client sender = client({}, {.attempts_max = 3});
  EXPECT_TRUE(sender.wait_to_try_again(1, {}));
  EXPECT_TRUE(sender.wait_to_try_again(2, {}));
  EXPECT_FALSE(sender.wait_to_try_again(3, {}));
  EXPECT_EQ(clock_.waits.size(), 2u);
  EXPECT_EQ(sender.traffic().retries, 2);
}

TEST_F(ClientTest, ClockSkewIsTheServersTimeMinusOurs) {
  transport_.answers = {answer(200, {{"Date", "Wed, 21 Oct 2015 07:18:00 GMT"}}), answer(200, {{"Date", "yesterday"}}), answer(200)};
  Client sender = client();
  EXPECT_TRUE(sender.send(get(), {}));
  EXPECT_EQ(sender.clock_skew(), -minutes(10));
  EXPECT_TRUE(sender.send(get(), {}));
  EXPECT_TRUE(sender.send(get(), {}));
  EXPECT_EQ(sender.clock_skew(), -minutes(10));
}

TEST(ClientOverSockets, S9NoByteOfACredentialReachesAnotherServer) {
  test::RawServer evil({{{.bytes = test::http_answer("evil")}}});
  test::RawServer good({{{.bytes = test::http_answer("", "302 Found", "Location: " + evil.url("/take") + "\r\n")}}});
  auto transport = curl_transport({.allow_private = true, .ca_file = {}}, {}, {});
  ASSERT_TRUE(transport);
  VirtualClock clock;
  base::Random random(1);
  Client client(**transport, clock, random, {}, {}, {});
  const auto got = client.send(
      {.method = "GET",
       .url = good.url("/v1?page=1"),
       .headers = {{"Accept", "*/*"}},
       .credentials = {{"Authorization", "Bearer canary"}, {"X-Api-Key", "canary"}, {"Cookie", "s=canary"}, {"X-Custom", "canary"}},
       .body = {}},
      {});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->text(), "evil");
  EXPECT_NE(good.requests().at(0).find("X-Custom: canary"), std::string::npos);
  EXPECT_EQ(evil.requests().at(0).find("canary"), std::string::npos);
}

TEST(ClientOverSockets, ARedirectIntoThePrivateNetworkIsRefused) {
  VirtualClock clock;
  base::Random random(1);
  test::RawServer metadata({{{.bytes = test::http_answer("credentials")}}});
  auto transport = curl_transport({}, {}, {});
  ASSERT_TRUE(transport);
  ScriptedTransport scripted(clock);
  // The first hop is scripted, since no public server is there; the second one is real.
  class FirstScriptedThenReal final : public Transport {
   public:
    FirstScriptedThenReal(Transport& first, Transport& then) : first_(first), then_(then) {}
    base::Result<Response> exchange(const Request& request, std::stop_token stop) override {
      return (std::exchange(begun_, true) ? then_ : first_).exchange(request, stop);
    }

   private:
    Transport& first_;
    Transport& then_;
    bool begun_ = false;
  } both(scripted, **transport);
  scripted.answers = {redirect(302, metadata.url("/latest/meta-data"))};
  Client client(both, clock, random, {}, {}, {});
  const auto got = client.send({.method = "GET", .url = "http://api.example.com/", .headers = {}, .credentials = {}, .body = {}}, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, "address_refused");
  EXPECT_EQ(metadata.connections(), 0u);
}

TEST(ClientOverSockets, A8AndA13CutAnswersAreReadAgainUntilOneIsWhole) {
  test::RawServer server(
      {{{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", .then = test::RawServer::Answer::Then::Close}},
       {{.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nha", .then = test::RawServer::Answer::Then::Close}},
       {{.bytes = test::http_answer(PackedRows.substr(0, 15), "200 OK", "Content-Encoding: gzip\r\n")}},
       {{.bytes = test::http_answer(PackedRows, "200 OK", "Content-Encoding: gzip\r\n")}}});
  auto transport = curl_transport({.allow_private = true, .ca_file = {}}, {}, {});
  ASSERT_TRUE(transport);
  VirtualClock clock;
  base::Random random(1);
  Client client(**transport, clock, random, {}, {}, {});
  const auto got = client.send({.method = "GET", .url = server.url("/"), .headers = {}, .credentials = {}, .body = {}}, {});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->text(), "rows\n");
  EXPECT_EQ(client.traffic().retries, 3);
}

}  // namespace
}  // namespace syncline::http
