// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "simulators/marianatek/limiter.hpp"
#include "simulators/marianatek/test_client.hpp"

namespace syncline::simulators::marianatek {
namespace {

const std::string NotAuthenticated = R"({"detail":"Authentication credentials were not provided."})";
const std::string WebClient = "&client_id=north-spa-1&client_secret=north-spa-secret-1";
const std::string Grant = "grant_type=password&username=sync%40north.example&password=north-password-1";

http::ServerResponse token(Client& client, const std::string& form) {
  return client.send("POST", "/o/token/", {{"Content-Type", "application/x-www-form-urlencoded"}}, form);
}

json granted(Client& client, const std::string& form) {
  const auto response = token(client, form);
  EXPECT_EQ(response.status, 200) << response.body;
  return json::parse(response.body);
}

int users_with(Client& client, const json& issued) { return client.get("/api/users", Client::bearer(issued["access_token"])).status; }

json refreshed(Client& client, const json& issued) {
  return granted(client, "grant_type=refresh_token&client_id=north-spa-1&refresh_token=" + issued["refresh_token"].get<std::string>());
}

TEST(Auth, MissingExpiredAndGarbageLookAlike) {
  Client client;
  const json issued = granted(client, Grant + WebClient);
  client.order("clock", {{"advance_s", 7200}});
  for (const http::Headers& headers : {http::Headers{}, Client::bearer(issued["access_token"]), Client::bearer("garbage"),
                                       http::Headers{{"Authorization", "Basic eDp5"}}}) {
    const auto response = client.get("/api/class_sessions", headers);
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.body, NotAuthenticated);
    EXPECT_EQ(header_of(response, "WWW-Authenticate"), "Bearer");
  }
}

TEST(Auth, SomeListsNeedNoCredentials) {
  Client client;
  for (const std::string path : {"/api", "/api/", "/api/locations", "/api/regions/", "/api/sites"}) {
    EXPECT_EQ(client.get(path, {}).status, 200) << path;
    EXPECT_EQ(client.get(path, Client::bearer("garbage")).status, 200) << path;
  }
  for (const std::string path : {"/api/users", "/api/users/self", "/api/reservations", "/api/class_session_types"})
    EXPECT_EQ(client.get(path, {}).status, 401) << path;
}

TEST(Auth, AcceptIsJudgedBeforeCredentialsAndThoseBeforeTheMethod) {
  Client client;
  EXPECT_EQ(client.get("/api/users", {{"Accept", "application/json"}}).status, 406);
  EXPECT_EQ(client.send("POST", "/api/users", {}).status, 401);
}

TEST(Token, ExpiresByTheVirtualClockOnly) {
  Client client;
  client.turn({{"expires_in", 30}});
  const json issued = granted(client, Grant + WebClient);
  EXPECT_EQ(issued["expires_in"], 30);
  EXPECT_EQ(issued["token_type"], "Bearer");
  client.order("clock", {{"advance_s", 29}});
  EXPECT_EQ(users_with(client, issued), 200);
  client.order("clock", {{"advance_s", 1}});
  EXPECT_EQ(users_with(client, issued), 401);
}

TEST(Token, WrongRequestsGetOAuthErrors) {
  Client client;
  const std::pair<std::string, std::string> cases[] = {
      {"grant_type=password&username=sync%40north.example&password=no" + WebClient,
       R"(400{"error":"invalid_grant","error_description":"Invalid credentials given."})"},
      {Grant + "&client_id=north-spa-1&client_secret=no", R"(401{"error":"invalid_client"})"},
      {Grant + "&client_id=stranger", R"(401{"error":"invalid_client"})"},
      {Grant + "&client_id=north-web-1", R"(400{"error":"unauthorized_client"})"},
      {"grant_type=client_credentials" + WebClient, R"(400{"error":"unauthorized_client"})"},
      {"grant_type=magic", R"(400{"error":"unsupported_grant_type"})"},
      {"grant_type=refresh_token&refresh_token=dead", R"(400{"error":"invalid_grant"})"},
  };
  for (const auto& [form, expected] : cases) {
    const auto response = token(client, form);
    EXPECT_EQ(std::to_string(response.status) + response.body, expected) << form;
  }
  EXPECT_EQ(client.get("/o/token", {}).status, 405);
  EXPECT_EQ(token(client, "grant_type=password" + WebClient).status, 400);
}

TEST(Token, ParametersMayComeInTheQuery) {
  Client client;
  const auto response = client.send("POST", "/o/token?" + Grant + WebClient, {});
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(users_with(client, json::parse(response.body)), 200);
}

TEST(Token, BarePasswordIsLimitedUnlessItsKnobSaysElse) {
  Client client;
  const json limited = granted(client, Grant);
  EXPECT_EQ(users_with(client, limited), 401);
  EXPECT_EQ(client.get("/api/users/self", Client::bearer(limited["access_token"])).status, 200);
  client.turn({{"bare_password", "invalid_client"}});
  EXPECT_EQ(token(client, Grant).status, 401);
  client.turn({{"bare_password", "full"}});
  EXPECT_EQ(users_with(client, granted(client, Grant)), 200);
}

TEST(Token, RefreshKeepsItsTokenByDefault) {
  Client client;
  const json first = granted(client, Grant + WebClient), second = refreshed(client, first);
  EXPECT_EQ(second["refresh_token"], first["refresh_token"]);
  EXPECT_NE(second["access_token"], first["access_token"]);
  EXPECT_EQ(users_with(client, second), 200);
  EXPECT_EQ(users_with(client, first), 401) << "a refresh revokes the old access token";
}

TEST(Token, RotatedRefreshTokenIsDead) {
  Client client;
  client.turn({{"rotate", "always"}, {"refresh_revokes_old_access", false}});
  const json first = granted(client, Grant + WebClient), second = refreshed(client, first);
  EXPECT_NE(second["refresh_token"], first["refresh_token"]);
  EXPECT_EQ(users_with(client, first), 200);
  const auto again = token(client, "grant_type=refresh_token&refresh_token=" + first["refresh_token"].get<std::string>());
  EXPECT_EQ(std::to_string(again.status) + again.body, R"(400{"error":"invalid_grant"})");
  EXPECT_EQ(users_with(client, refreshed(client, second)), 200);
}

TEST(Token, CanBeRevokedInTheMiddle) {
  Client client;
  const json issued = granted(client, Grant + WebClient);
  client.order("revoke", json::object());
  EXPECT_EQ(users_with(client, issued), 401);
  EXPECT_EQ(users_with(client, refreshed(client, issued)), 200);
}

TEST(Rival, RefreshKillsOurAccessTokenButNotOurRefreshToken) {
  Client client;
  const json issued = granted(client, Grant + WebClient);
  client.order("rival", json::object());
  EXPECT_EQ(users_with(client, issued), 401);
  EXPECT_EQ(users_with(client, refreshed(client, issued)), 200);
  EXPECT_EQ(client.get("/api/users").status, 200) << "the API key is nobody's token";
}

TEST(Rival, TakesTheGrantWithItWhereTokensRotate) {
  Client client;
  client.turn({{"rotate", "always"}});
  const json issued = granted(client, Grant + WebClient);
  client.order("rival", {{"tenant", "south"}});
  EXPECT_EQ(users_with(client, issued), 200);
  client.order("rival", {{"tenant", "north"}});
  EXPECT_EQ(users_with(client, issued), 401);
  const auto response = token(client, "grant_type=refresh_token&refresh_token=" + issued["refresh_token"].get<std::string>());
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"error":"invalid_grant"})");
  EXPECT_EQ(users_with(client, granted(client, Grant + WebClient)), 200) << "whoever has the password begins anew";
}

TEST(Rival, ComesAgainAndAgainInTheMiddleOfAReading) {
  Client client;
  client.turn({{"rival_every", 3}});
  json issued = granted(client, Grant + WebClient);
  std::vector<int> statuses;
  for (int i = 0; i < 7; ++i) {
    statuses.push_back(users_with(client, issued));
    if (statuses.back() == 401) issued = refreshed(client, issued);
  }
  EXPECT_EQ(statuses, (std::vector<int>{200, 200, 401, 200, 200, 401, 200}));
}

TEST(Rival, OfNobodyIsRefused) {
  Client client;
  EXPECT_EQ(client.send("POST", "/__sim/rival", {}, R"({"tenant":"west"})").status, 404);
}

TEST(Token, IsOfNoUseAtAnotherTenant) {
  Client client;
  const json issued = granted(client, Grant + WebClient);
  EXPECT_EQ(client.get("/t/south/api/users", Client::bearer(issued["access_token"])).status, 401);
}

TEST(RateLimit, IsATooManyRequestsWithSeconds) {
  SimulatorOptions options;
  options.rate_per_minute = 3;
  Client client(options);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get("/api/users").status, 200);
  const auto response = client.get("/api/users");
  EXPECT_EQ(response.status, 429);
  EXPECT_GE(std::stoi(header_of(response, "Retry-After")), 1);
  EXPECT_EQ(client.get("/t/south/api/users", Client::bearer("south-key-1")).status, 200) << "each tenant has its own";
  EXPECT_EQ(client.get("/__sim/knobs").status, 200) << "controls are not limited";
}

TEST(RateLimit, WindowSlides) {
  Limiter limiter(2);
  const Limiter::TimePoint begin{};
  EXPECT_FALSE(limiter.take(begin));
  EXPECT_FALSE(limiter.take(begin + std::chrono::seconds(30)));
  EXPECT_EQ(limiter.take(begin + std::chrono::seconds(50)), 10);
  EXPECT_FALSE(limiter.take(begin + std::chrono::seconds(60)));
  EXPECT_EQ(limiter.take(begin + std::chrono::seconds(61)), 29);
}

TEST(Environment, LeadsToTheNorthTenantWithWorkingCredentials) {
  Client client;
  const auto variables = client.simulator->environment("http://127.0.0.1:8080");
  EXPECT_EQ(variables.at("MT_BASE_URL"), "http://127.0.0.1:8080/t/north");
  EXPECT_EQ(variables.at("SYNCLINE_ALLOW_PRIVATE"), "true");
  EXPECT_EQ(client.get("/t/north/api/users", Client::bearer(variables.at("MT_API_KEY"))).status, 200);
  EXPECT_EQ(token(client, "grant_type=password&username=" + variables.at("MT_USERNAME") + "&password=" + variables.at("MT_PASSWORD") +
                              "&client_id=" + variables.at("MT_CLIENT_ID") + "&client_secret=" + variables.at("MT_CLIENT_SECRET"))
                .status,
            200);
}

}  // namespace
}  // namespace syncline::simulators::marianatek
