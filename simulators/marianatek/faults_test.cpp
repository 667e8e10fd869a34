// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "simulators/marianatek/test_client.hpp"

namespace syncline::simulators::marianatek {
namespace {

using Kind = http::ServerResponse::Fault::Kind;

void plant(Client& client, const json& rule) { client.order("faults", rule); }

TEST(Fault, MisspeltRuleIsRefusedWhole) {
  Client client;
  for (const json& rule :
       {json{{"action", "explode"}}, json{{"action", "status"}, {"statuss", 500}}, json{{"action", "status"}, {"match", {{"pth", "/api"}}}},
        json{{"status", 500}}, json{{"action", "drop_key"}}, json{{"action", "status"}, {"status", "many"}},
        json{{"action", "status"}, {"status", 9}}, json("x"), json{{"action", "status"}, {"retry_after", "later"}}}) {
    EXPECT_EQ(client.send("POST", "/__sim/faults", {}, json::array({json{{"action", "status"}}, rule}).dump()).status, 400) << rule;
  }
  EXPECT_EQ(client.get("/api/users").status, 200);
}

TEST(Fault, HitsSoManyRequestsAndNoMore) {
  Client client;
  plant(client, {{"action", "status"}, {"status", 502}, {"count", 2}});
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(client.get("/api/users").status);
  EXPECT_EQ(statuses, (std::vector<int>{502, 502, 200, 200}));
}

TEST(Fault, HitsEachSoManyth) {
  Client client;
  plant(client, {{"action", "status"}, {"every", 3}, {"skip", 1}});
  std::vector<int> statuses;
  for (int i = 0; i < 7; ++i) statuses.push_back(client.get("/api/users").status);
  EXPECT_EQ(statuses, (std::vector<int>{200, 200, 200, 503, 200, 200, 503}));
}

TEST(Fault, ChanceIsTheSameForTheSameSeed) {
  const auto pattern = [] {
    Client client;
    plant(client, {{"action", "status"}, {"probability", 0.5}});
    std::string statuses;
    for (int i = 0; i < 64; ++i) statuses += client.get("/api/users").status == 200 ? '.' : 'x';
    return statuses;
  };
  const std::string first = pattern();
  EXPECT_EQ(first, pattern());
  EXPECT_NE(first.find('.'), std::string::npos);
  EXPECT_NE(first.find('x'), std::string::npos);
}

TEST(Fault, MatchesPathPageMethodAndTenant) {
  Client client;
  plant(client, {{"action", "status"}, {"match", {{"path", "/api/users/"}, {"page", 2}, {"method", "GET"}, {"tenant", "north"}}}});
  EXPECT_EQ(client.get("/api/users").status, 200);
  EXPECT_EQ(client.get("/api/reservations?page=2").status, 200);
  EXPECT_EQ(client.send("POST", "/api/users?page=2").status, 405);
  EXPECT_EQ(client.get("/t/south/api/users?page=2", Client::bearer("south-key-1")).status, 200);
  EXPECT_EQ(client.get("/t/north/api/users/?page=2").status, 503);
}

TEST(Fault, StarMatchesAnyRest) {
  Client client;
  plant(client, {{"action", "status"}, {"match", {{"path", "/api/*"}}}});
  EXPECT_EQ(client.get("/api/users/34501").status, 503);
  EXPECT_EQ(client.send("POST", "/o/token", {}).status, 400);
}

TEST(Fault, CanBeTakenAway) {
  Client client;
  plant(client, {{"action", "status"}});
  EXPECT_EQ(client.get("/api/users").status, 503);
  EXPECT_EQ(client.send("DELETE", "/__sim/faults").status, 200);
  EXPECT_EQ(client.get("/api/users").status, 200);
}

TEST(Fault, RetryAfterComesInEveryForm) {
  Client client;
  const auto retry_after = [&](const json& value) {
    client.send("DELETE", "/__sim/faults");
    plant(client, {{"action", "status"}, {"status", 429}, {"retry_after", value}, {"retry_after_s", 30}});
    const auto response = client.get("/api/users");
    EXPECT_EQ(response.status, 429);
    return header_of(response, "Retry-After");
  };
  EXPECT_EQ(retry_after("seconds"), "30");
  EXPECT_EQ(retry_after(7), "7");
  EXPECT_EQ(retry_after("http-date"), "Mon, 02 Mar 2026 12:00:30 GMT");
  EXPECT_EQ(retry_after("huge"), "99999999999");
  EXPECT_EQ(retry_after("absent"), "");
}

TEST(Fault, ServerErrorsAreHtmlAndRefusalsSpeakLikeTheVendor) {
  Client client;
  plant(client, {{"action", "status"}, {"status", 500}, {"count", 1}});
  EXPECT_TRUE(client.get("/api/users").body.starts_with("<!DOCTYPE html>"));
  plant(client, {{"action", "status"}, {"status", 401}, {"count", 1}});
  EXPECT_EQ(client.get("/api/users").body, R"({"detail":"Authentication credentials were not provided."})");
  plant(client, {{"action", "status"}, {"status", 403}, {"html", true}, {"count", 1}});
  EXPECT_TRUE(client.get("/api/users").body.starts_with("<!DOCTYPE html>"));
}

TEST(Fault, MaintenancePageIsA200) {
  Client client;
  plant(client, {{"action", "html_200"}});
  const auto response = client.get("/api/users");
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find("Site Maintenance"), std::string::npos);
}

TEST(Fault, ErrorEnvelopeIsA200WithoutData) {
  Client client;
  plant(client, {{"action", "error_envelope_200"}});
  const json answer = client.read("/api/users");
  EXPECT_TRUE(answer.contains("errors"));
  EXPECT_FALSE(answer.contains("data"));
}

TEST(Fault, TruncatedAndBrokenJsonDoNotParse) {
  Client client;
  const size_t whole = client.get("/api/users").body.size();
  plant(client, {{"action", "truncate_json"}, {"at_bytes", 100}, {"count", 1}});
  EXPECT_EQ(client.get("/api/users").body.size(), 100u);
  plant(client, {{"action", "invalid_json"}, {"count", 1}});
  const auto broken = client.get("/api/users");
  EXPECT_GT(broken.body.size(), whole);
  EXPECT_FALSE(json::accept(broken.body));
}

TEST(Fault, ConnectionFaultsAreTheListeners) {
  Client client;
  const std::pair<std::string, Kind> cases[] = {{"close_before_headers", Kind::CloseBeforeHeaders},
                                                {"close_in_body", Kind::CloseInBody},
                                                {"short_body", Kind::ShortBody},
                                                {"delay", Kind::Delay},
                                                {"drip", Kind::Drip}};
  for (const auto& [action, kind] : cases) {
    plant(client, {{"action", action}, {"count", 1}, {"at_bytes", 40}, {"delay_ms", 25}});
    const auto response = client.get("/api/users");
    EXPECT_EQ(response.fault.kind, kind) << action;
    const bool cuts = kind == Kind::CloseInBody || kind == Kind::ShortBody, slows = kind == Kind::Delay || kind == Kind::Drip;
    EXPECT_EQ(response.fault.after_bytes, cuts ? 40u : 0u) << action;
    EXPECT_EQ(response.fault.delay, std::chrono::milliseconds(slows ? 25 : 0)) << action;
  }
}

TEST(Fault, AnswerLostAfterARefreshHasStillHappened) {
  Client client;
  client.turn({{"rotate", "always"}});
  const std::string grant =
      "grant_type=password&username=sync%40north.example&password=north-password-1&client_id=north-spa-1&client_secret=north-spa-secret-1";
  const json issued = json::parse(client.send("POST", "/o/token", {}, grant).body);
  plant(client, {{"action", "close_before_headers"}, {"count", 1}, {"match", {{"path", "/o/token"}}}});
  const std::string refresh = "grant_type=refresh_token&refresh_token=" + issued["refresh_token"].get<std::string>();
  client.send("POST", "/o/token", {}, refresh);
  EXPECT_EQ(client.send("POST", "/o/token", {}, refresh).status, 400);
}

TEST(Fault, DuplicatePageRepeatsTheOneBefore) {
  Client client;
  const auto first = ids_of(client.read("/api/users?page=1"));
  plant(client, {{"action", "duplicate_page"}, {"match", {{"page", 2}}}});
  const json second = client.read("/api/users?page=2");
  EXPECT_EQ(ids_of(second), first);
  EXPECT_EQ(second["meta"]["pagination"]["page"], 2);
}

TEST(Fault, EmptyPageStillCountsEverything) {
  Client client;
  plant(client, {{"action", "empty_page"}, {"match", {{"page", 2}}}});
  const json list = client.read("/api/users?page=2");
  EXPECT_EQ(list["data"].size(), 0u);
  EXPECT_EQ(list["meta"]["pagination"]["count"], 40);
}

TEST(Fault, DroppedKeyIsGoneFromEveryRecord) {
  Client client;
  plant(client, {{"action", "drop_key"}, {"attribute", "email"}});
  plant(client, {{"action", "drop_key"}, {"attribute", "user"}});
  const json users = client.read("/api/users");
  for (const json& record : users["data"]) EXPECT_FALSE(record["attributes"].contains("email"));
  EXPECT_EQ(client.read("/api/users?page=2")["data"].size(), 10u);
  EXPECT_TRUE(client.truth("users")[0].contains("email")) << "the truth does not lie";
}

TEST(Fault, SeveralThatHitDoAllTheyDo) {
  Client client;
  plant(client, {{"action", "drop_key"}, {"attribute", "email"}});
  plant(client, {{"action", "set_attribute"}, {"attribute", "city"}, {"value", "Nowhere"}});
  plant(client, {{"action", "duplicate_page"}, {"match", {{"page", 2}}}});
  plant(client, {{"action", "delay"}, {"delay_ms", 5}});
  plant(client, {{"action", "drip"}, {"delay_ms", 7}});
  const auto response = client.get("/api/users?page=2");
  const json list = json::parse(response.body);
  for (const json& record : list["data"]) {
    EXPECT_FALSE(record["attributes"].contains("email"));
    EXPECT_EQ(record["attributes"]["city"], "Nowhere");
  }
  EXPECT_EQ(ids_of(list), ids_of(client.read("/api/users?page=1")));
  EXPECT_EQ(response.fault.kind, Kind::Delay) << "a connection breaks in one way: the first";
  EXPECT_EQ(client.read("/__sim/log")["entries"][0]["fault"], "drop_key, set_attribute, duplicate_page, delay, drip");
}

TEST(Fault, RulesBehindOneThatAnswersDoNotSeeTheRequest) {
  Client client;
  plant(client, {{"action", "delay"}, {"delay_ms", 5}});
  plant(client, {{"action", "status"}, {"status", 502}, {"count", 1}});
  plant(client, {{"action", "status"}, {"status", 503}, {"count", 1}});
  plant(client, {{"action", "drop_key"}, {"attribute", "email"}, {"count", 1}});
  const auto first = client.get("/api/users");
  EXPECT_EQ(first.status, 502);
  EXPECT_EQ(first.fault.kind, Kind::Delay);
  EXPECT_EQ(client.get("/api/users").status, 503);
  EXPECT_FALSE(client.read("/api/users")["data"][0]["attributes"].contains("email"));
  EXPECT_TRUE(client.read("/api/users")["data"][0]["attributes"].contains("email"));
}

TEST(Fault, PlantedValueStandsAsItIs) {
  Client client;
  const std::string id = client.truth("users")[3]["id"];
  for (const std::string raw : {R"("12,3O")", R"("a\u0000b")", "123456789012345678901234567890", R"("now")", "1e400"}) {
    client.send("DELETE", "/__sim/faults");
    plant(client, {{"action", "set_attribute"}, {"id", id}, {"attribute", "account_balance"}, {"raw", raw}});
    const std::string body = client.get("/api/users?ordering=id").body;
    const size_t at = body.find("\"account_balance\":" + raw);
    EXPECT_NE(at, std::string::npos) << raw;
    EXPECT_EQ(body.find("\"account_balance\":" + raw, at + 1), std::string::npos) << "only in one record";
  }
}

TEST(Fault, RecordWithoutIdIsOneOfMany) {
  Client client;
  const std::string id = client.truth("users")[3]["id"];
  plant(client, {{"action", "remove_id"}, {"id", id}});
  const json list = client.read("/api/users?ordering=id");
  for (size_t i = 0; i < list["data"].size(); ++i) EXPECT_EQ(list["data"][i].contains("id"), i != 3) << i;
  EXPECT_EQ(list["data"][3]["type"], "users");
}

}  // namespace
}  // namespace syncline::simulators::marianatek
