// SPDX-License-Identifier: Apache-2.0
#include "extract/auth/authenticator.hpp"

#include <gtest/gtest.h>

#include "base/secret.hpp"
#include "extract/test_support/scripted_source.hpp"

namespace syncline::extract {
namespace {

using base::ErrorKind;

bool says(const base::Error& error, std::string_view words) { return error.message.find(words) != std::string::npos; }
bool is_token_request(const http::Request& request) { return http::shown_url(request.url) == "https://api.example.com/o/token/"; }

config::Options password_account() {
  return options("oauth_password", {{"username", "me@example.com"},
                                    {"password", "p&ss word"},
                                    {"client_id", "app"},
                                    {"client_secret", "app-secret"},
                                    {"password_legacy", "true"}});
}

/// A vendor with a token endpoint that numbers its tokens and a list of one user for whoever `accepts` lets in.
class TokenVendor {
 public:
  http::Response operator()(const http::Request& request) {
    if (is_token_request(request))
      return answer(token_status,
                    token_body.empty() ? fmt::format(R"({{"access_token":"token-{}","expires_in":{}}})", ++tokens, expires_in) : token_body,
                    "application/json");
    return accepts(credential(request)) ? answer(200, users_page(1, 1, 1))
                                        : answer(refusal, R"({"detail":"Authentication credentials were not provided."})");
  }

  std::function<bool(const std::string&)> accepts = [](const std::string&) { return true; };
  std::string token_body, expires_in = "7200";
  int tokens = 0, token_status = 200, refusal = 401;
};

struct AuthWorld : World {
  AuthWorld() : World([this](const http::Request& request) { return vendor(request); }) {}
  TokenVendor vendor;

  [[nodiscard]] int64_t token_requests() const { return std::count_if(source.requests.begin(), source.requests.end(), is_token_request); }
};

// --- nothing works

TEST(Credentials, WhenNoneIsLeftTheErrorSaysOfEachMethodWhy) {
  AuthWorld world;
  config::Options key = options("api_key", {});
  key.missing_variables = {"MT_API_KEY is not set (looked in: environment, .env)"};
  world.account.auth = {key, password_account(), options("basic", {{"username", "me"}, {"password", "password-of-me"}})};
  world.vendor.token_status = 400;
  world.vendor.token_body = R"({"error":"invalid_grant","error_description":"Invalid credentials given."})";
  world.vendor.accepts = [](const std::string&) { return false; };
  const Reading reading = read_all(*world.reader());
  ASSERT_TRUE(reading.error);
  EXPECT_EQ(reading.error->kind, ErrorKind::Unauthorized);
  EXPECT_EQ(base::exit_code_of(*reading.error), base::exit_code::Unauthorized);
  EXPECT_TRUE(says(*reading.error, "api_key: MT_API_KEY is not set (looked in: environment, .env)")) << reading.error->message;
  EXPECT_TRUE(
      says(*reading.error,
           "oauth_password: the token endpoint https://api.example.com/o/token/ answered 400: invalid_grant (Invalid credentials given.)"))
      << reading.error->message;
  EXPECT_TRUE(says(*reading.error, "basic: the data endpoint refused it: 401")) << reading.error->message;
  EXPECT_TRUE(says(*reading.error, ". Put one that does into .env, under the name that the account's `auth:` in syncline.yaml has for it"))
      << reading.error->message;
  EXPECT_FALSE(says(*reading.error, "p&ss word"));
}

TEST(Credentials, AnAccountWithoutMethodsSaysSo) {
  AuthWorld world;
  world.account.auth = {};
  const Reading reading = read_all(*world.reader());
  ASSERT_TRUE(reading.error);
  EXPECT_EQ(reading.error->kind, ErrorKind::Unauthorized);
  EXPECT_TRUE(world.source.requests.empty());
}

TEST(Credentials, AWrongPasswordIsNotTriedAgainAndAgain) {
  AuthWorld world;
  world.account.auth = {password_account()};
  world.vendor.token_status = 401;
  world.vendor.token_body = R"({"error":"invalid_grant"})";
  auto reader = world.reader();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(reader->next({}).error().kind, ErrorKind::Unauthorized);
  for (int i = 0; i < 5; ++i) {
    http::Request other;
    other.url = "https://api.example.com/api/other_" + std::to_string(i);
    EXPECT_FALSE(world.authenticator->sign(other, {}));
  }
  EXPECT_LE(world.token_requests(), 2);
}

TEST(Credentials, ATokenEndpointThatSpeaksNoJsonShowsNothingOfItsAnswer) {
  AuthWorld world;
  world.account.auth = {password_account()};
  world.vendor.token_body = "access_token=very-secret-token";
  const Reading reading = read_all(*world.reader());
  ASSERT_TRUE(reading.error);
  EXPECT_FALSE(says(*reading.error, "very-secret-token")) << reading.error->message;
}

TEST(Credentials, A200WithoutATokenIsARefusal) {
  for (const auto* body : {R"({})", R"({"access_token":""})", R"({"access_token":5})", R"({"access_token":"a\r\nX-Evil: 1"})", R"([])",
                           R"({"error":"invalid_client"})"}) {
    AuthWorld world;
    world.account.auth = {password_account()};
    world.vendor.token_body = body;
    const Reading reading = read_all(*world.reader());
    ASSERT_TRUE(reading.error) << body;
    EXPECT_EQ(reading.error->kind, ErrorKind::Unauthorized) << body;
  }
}

TEST(Credentials, ATokenEndpointThatIsDownIsNoProofOfABadPassword) {
  AuthWorld world;
  world.account.auth = {password_account()};
  world.vendor.token_status = 503;
  auto reader = world.reader();
  const auto page = reader->next({});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::Transient);
  world.vendor.token_status = 200;
  EXPECT_TRUE(reader->next({}));
}

TEST(Credentials, AMethodThatCannotBeUsedSaysWhyBeforeAnyRequest) {
  const std::vector<std::pair<config::Options, std::string>> cases{
      {options("api_key", {{"key", ""}}), "`key` is empty"},
      {options("api_key", {{"key", "a\r\nX-Evil: 1"}}), "line break"},
      {options("oauth_password", {{"username", "me"}, {"password", "secret-word"}}), "password_legacy"},
      {options("basic", {{"username", "a:b"}, {"password", "secret-word"}}), "colon"},
      {options("magic", {}), "no such method"},
  };
  for (const auto& [method, why] : cases) {
    AuthWorld world;
    world.account.auth = {method};
    const Reading reading = read_all(*world.reader());
    ASSERT_TRUE(reading.error) << why;
    EXPECT_TRUE(says(*reading.error, why)) << reading.error->message;
    EXPECT_TRUE(world.source.requests.empty());
  }
}

// --- the chain

TEST(Credentials, TheDataEndpointProvesAMethodNotTheToken) {
  AuthWorld world;
  world.account.auth = {password_account(), options("api_key", {{"key", "key-of-the-studio"}})};
  world.vendor.accepts = [](const std::string& credential) { return credential == "Bearer key-of-the-studio"; };
  const Reading reading = read_all(*world.reader());
  EXPECT_FALSE(reading.error);
  EXPECT_EQ(world.authenticator->method(), "api_key");
  EXPECT_EQ(world.token_requests(), 1);  // a fresh token that is refused is not fetched again
}

TEST(Credentials, A403ThatSpeaksOfPermissionTakesTheNextMethodWithoutRefresh) {
  AuthWorld world;
  world.account.auth = {password_account(), options("api_key", {{"key", "key-of-the-studio"}})};
  world.vendor.refusal = 403;
  world.vendor.accepts = [](const std::string& credential) { return credential == "Bearer key-of-the-studio"; };
  EXPECT_FALSE(read_all(*world.reader()).error);
  EXPECT_EQ(world.token_requests(), 1);
}

TEST(Credentials, A403OfAFirewallIsNoRefusedCredential) {
  World world([](const http::Request&) { return answer(403, "<html>Access denied by CloudFront, token</html>", "text/html"); });
  const Reading reading = read_all(*world.reader());
  ASSERT_TRUE(reading.error);
  EXPECT_EQ(base::exit_code_of(*reading.error), base::exit_code::Source);
}

TEST(Credentials, EachEndpointKeepsItsOwnPlaceInTheChain) {
  World world([](const http::Request& request) {
    const bool orders = request.url.find("/orders") != std::string::npos;
    return orders && credential(request) == "Bearer key-of-the-studio" ? answer(403, R"({"detail":"You do not have permission"})")
                                                                       : answer(200, users_page(1, 1, 1));
  });
  world.account.auth.push_back(options("basic", {{"username", "Aladdin"}, {"password", "open sesame"}}));
  auto users = world.reader();
  config::Stream orders = world.stream;
  orders.path = "/api/orders";
  auto orders_reader = *make_reader(world.account, orders, {}, world.client, *world.authenticator);
  EXPECT_FALSE(read_all(*orders_reader).error);
  EXPECT_EQ(world.authenticator->method(), "basic");
  EXPECT_EQ(credential(world.source.requests.back()), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_FALSE(read_all(*users).error);
  EXPECT_EQ(world.authenticator->method(), "api_key");
}

// --- tokens

TEST(Tokens, AreAskedForInTheBodyOrTheQuery) {
  for (const std::string send : {"body", "query", ""}) {
    AuthWorld world;
    world.account.auth = {password_account()};
    world.account.connector.auth = {options("oauth_password", {{"token_url", "/o/token/"}, {"scope", "read:account"}, {"send", send}})};
    EXPECT_FALSE(read_all(*world.reader()).error);
    const http::Request& request = world.source.requests.at(0);
    EXPECT_EQ(request.method, "POST");
    const std::string text = send == "query" ? request.url.substr(request.url.find('?') + 1) : request.body;
    EXPECT_NE(text.find("grant_type=password&username=me%40example.com&password=p%26ss"), std::string::npos) << text;
    EXPECT_NE(text.find("client_secret=app-secret"), std::string::npos) << text;
    EXPECT_NE(text.find("scope=read%3Aaccount"), std::string::npos) << text;
    EXPECT_EQ(credential(world.source.requests.at(1)), "Bearer token-1");
  }
}

TEST(Tokens, AreFetchedOnceForManyPages) {
  AuthWorld world;
  world.account.auth = {password_account()};
  auto reader = world.reader();
  read_all(*reader);
  for (int i = 0; i < 5; ++i) {
    http::Request request;
    request.url = "https://api.example.com/api/users";
    EXPECT_TRUE(world.authenticator->sign(request, {}));
  }
  EXPECT_EQ(world.token_requests(), 1);
}

TEST(Tokens, ExpireByTheClock) {
  for (const std::string expires_in : {"2", "\"2\"", "2.0"}) {
    AuthWorld world;
    world.account.auth = {password_account()};
    world.vendor.expires_in = expires_in;
    read_all(*world.reader());
    http::Request request;
    request.url = "https://api.example.com/api/users";
    world.clock.passed += std::chrono::milliseconds(1000);
    EXPECT_TRUE(world.authenticator->sign(request, {}));
    EXPECT_EQ(world.token_requests(), 1);
    world.clock.passed += std::chrono::milliseconds(1000);
    EXPECT_TRUE(world.authenticator->sign(request, {}));
    EXPECT_EQ(world.token_requests(), 2) << expires_in;
  }
}

TEST(Tokens, ThatSayNothingUsefulOfTheirLifeLiveUntilTheyAreRefused) {
  for (const std::string expires_in : {"0", "-5", "null", "\"soon\"", "99999999999999999999"}) {
    AuthWorld world;
    world.account.auth = {password_account()};
    world.vendor.expires_in = expires_in;
    EXPECT_FALSE(read_all(*world.reader()).error) << expires_in;
  }
}

TEST(Tokens, RefusedInTheMiddleAreRenewedAndThePageIsAskedForAgain) {
  std::string live = "Bearer token-1";
  int tokens = 0;
  World world([&](const http::Request& request) {
    if (is_token_request(request)) return answer(200, fmt::format(R"({{"access_token":"token-{}"}})", ++tokens), "application/json");
    if (credential(request) != live) return answer(401, R"({"detail":"Authentication credentials were not provided."})");
    const int64_t page = std::stoll(parameter(request, "page"));
    if (page == 2) live = "Bearer token-2";
    return answer(200, users_page(page * 3 - 2, page * 3, 9));
  });
  world.account.auth = {password_account()};
  const Reading reading = read_all(*world.reader());
  EXPECT_FALSE(reading.error);
  EXPECT_EQ(reading.ids, (std::vector<std::string>{"1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  EXPECT_EQ(tokens, 2);
}

TEST(Tokens, ThatAreRefusedRightAfterBeingRenewedAreNotRenewedAgain) {
  AuthWorld world;
  world.account.auth = {password_account()};
  auto reader = world.reader();
  ASSERT_TRUE(reader->next({}));
  world.vendor.accepts = [](const std::string&) { return false; };
  auto again = *make_reader(world.account, world.stream, {}, world.client, *world.authenticator);
  const auto page = again->next({});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::Unauthorized);
  EXPECT_EQ(world.token_requests(), 2);
}

TEST(Tokens, AreSecretFromTheMomentTheyArrive) {
  AuthWorld world;
  world.account.auth = {password_account()};
  world.vendor.token_body = R"({"access_token":"opaque-token-of-the-vendor"})";
  read_all(*world.reader());
  EXPECT_EQ(base::redact("Bearer opaque-token-of-the-vendor").find("opaque"), std::string::npos);
}

// --- keys

TEST(ApiKeys, GoWhereTheConnectorSays) {
  World world([](const http::Request&) { return answer(200, users_page(1, 1, 1)); });
  world.account.connector.auth = {options("api_key", {{"header", "X-Api-Key"}, {"prefix", ""}})};
  read_all(*world.reader());
  EXPECT_EQ(http::header(world.source.requests.at(0).credentials, "X-Api-Key"), "key-of-the-studio");
  EXPECT_TRUE(http::header(world.source.requests.at(0).headers, "X-Api-Key").empty());

  world.account.connector.auth = {options("api_key", {{"query", "api_key"}})};
  read_all(*world.reader());
  EXPECT_EQ(parameter(world.source.requests.back(), "api_key"), "key-of-the-studio");
  EXPECT_TRUE(world.source.requests.back().credentials.empty());
}

TEST(ApiKeys, APublicSourceNeedsNone) {
  World world([](const http::Request&) { return answer(200, users_page(1, 1, 1)); });
  world.account.auth.clear();
  world.account.connector.auth.clear();
  EXPECT_FALSE(read_all(*world.reader()).error);
  EXPECT_TRUE(world.source.requests.at(0).credentials.empty());
}

TEST(Vocabulary, NamesEveryMemberAndPutsTheShorthandOptionFirst) {
  const config::Vocabulary words = vocabulary();
  EXPECT_EQ(words.account_auth.size(), 3u);
  EXPECT_EQ(words.connector_auth.size(), 3u);
  EXPECT_EQ(words.paginators.size(), 3u);
  ASSERT_EQ(words.decoders.size(), 2u);
  for (const base::Spec& decoder : words.decoders) EXPECT_EQ(decoder.options.at(0).name, "list") << decoder.name;
}

}  // namespace
}  // namespace syncline::extract
