// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "simulators/marianatek/test_client.hpp"

namespace syncline::simulators::marianatek {
namespace {

TEST(List, PagePastTheEndIs403) {
  Client client;
  const auto response = client.get("/api/users?page=5");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.body, R"({"detail":"You do not have permission to perform this action."})");
}

TEST(List, PagePastTheEndFollowsItsKnob) {
  Client client;
  client.turn({{"past_end", "404"}});
  EXPECT_EQ(client.get("/api/users?page=5").status, 404);
  client.turn({{"past_end", "empty"}});
  EXPECT_EQ(client.read("/api/users?page=999999999999999999")["data"].size(), 0u);
}

TEST(List, PageThatIsNoPositiveNumberIs404) {
  Client client;
  for (const std::string page : {"0", "-1", "x", "1.5"}) EXPECT_EQ(client.get("/api/users?page=" + page).status, 404) << page;
}

TEST(List, TooLargePageIsClampedInSilence) {
  Client client;
  client.turn({{"clamp", 25}});
  const json list = client.read("/api/users?page_size=1000");
  EXPECT_EQ(list["data"].size(), 25u);
  EXPECT_EQ(list["meta"]["pagination"]["per_page"], 25);
  EXPECT_EQ(list["meta"]["pagination"]["pages"], 2);
}

TEST(List, ClampIs500ByDefault) {
  Client client([] {
    SimulatorOptions options = Client::quick();
    options.rows["reservations"] = 1200;
    return options;
  }());
  EXPECT_EQ(client.read("/api/reservations?page_size=2000")["data"].size(), 500u);
}

TEST(List, PerPageIsIgnored) {
  Client client;
  EXPECT_EQ(client.read("/api/users?per_page=40")["data"].size(), 10u);
}

TEST(List, UnknownAndMisspeltFiltersAreIgnoredInSilence) {
  Client client;
  EXPECT_EQ(client.read("/api/users?min_updated_datetime=2030-01-01T00:00:00Z")["meta"]["pagination"]["count"], 40);
  EXPECT_EQ(client.read("/api/reservations?statuss=pending&$filter=x")["meta"]["pagination"]["count"], 300);
}

TEST(List, UnreadableFilterValueIs400WithItsName) {
  Client client;
  const auto response = client.get("/api/reservations?min_updated_datetime=now");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"min_updated_datetime":["Enter a valid date/time."]})");
}

TEST(List, UnknownOrderingIsIgnored) {
  Client client;
  EXPECT_EQ(ids_of(client.read("/api/users?ordering=shoe_size")), ids_of(client.read("/api/users")));
}

TEST(List, EveryOtherFilterCanBeSwitchedOff) {
  Client client;
  client.turn({{"filters", "only_filter_id"}});
  EXPECT_EQ(client.read("/api/reservations?status=pending")["meta"]["pagination"]["count"], 300);
  EXPECT_EQ(client.read("/api/users?filter%5Bid%5D=34501")["data"].size(), 1u);
}

TEST(List, MoreDigitsThanANumberHasMatchNothing) {
  Client client;
  EXPECT_EQ(client.read("/api/users?filter[id]=99999999999999999999,34501.0,x")["data"].size(), 0u);
  EXPECT_EQ(client.get("/api/users/34501.0").status, 404);
  EXPECT_EQ(client.get("/api/users/99999999999999999999").status, 404);
}

TEST(List, HasTheVendorsEnvelope) {
  Client client;
  const auto response = client.get("/api/users?page=2&page_size=15");
  EXPECT_TRUE(response.body.starts_with(
      R"({"meta":{"pagination":{"count":40,"pages":3,"page":2,"per_page":15}},"links":null,"data":[{"type":"users","id":")"))
      << response.body.substr(0, 200);
  EXPECT_TRUE(response.body.ends_with(R"(],"included":[]})"));
  EXPECT_EQ(header_of(response, "Content-Type"), "application/vnd.api+json");
}

TEST(List, PagesTogetherAreEveryRowOnceInOrder) {
  Client client;
  std::vector<std::string> ids;
  for (int page = 1; page <= 6; ++page)
    for (const auto& id : ids_of(client.read("/api/reservations?ordering=id&page_size=50&page=" + std::to_string(page)))) ids.push_back(id);
  EXPECT_EQ(ids.size(), 300u);
  std::vector<std::string> truth;
  for (const json& row : client.truth("reservations")) truth.push_back(row["id"]);
  EXPECT_EQ(ids, truth);
  std::vector<std::string> backwards = ids_of(client.read("/api/reservations?ordering=-id&page_size=300"));
  std::reverse(backwards.begin(), backwards.end());
  EXPECT_EQ(backwards, ids);
}

TEST(List, OverReportedPagesAre403ToAsk) {
  Client client;
  client.turn({{"overreport_pages", 2}});
  const json list = client.read("/api/users?page_size=20");
  EXPECT_EQ(list["meta"]["pagination"]["pages"], 4);
  EXPECT_EQ(list["meta"]["pagination"]["count"], 40);
  EXPECT_EQ(client.get("/api/users?page_size=20&page=3").status, 403);
}

std::vector<std::string> all_pages(Client& client, const std::string& query, int pages) {
  std::vector<std::string> ids;
  for (int page = 1; page <= pages; ++page)
    for (const auto& id : ids_of(client.read("/api/" + query + "&page=" + std::to_string(page)))) ids.push_back(id);
  return ids;
}

TEST(Drift, DeletedRowsMakePagesSkipOthers) {
  Client client;
  std::set<std::string> before;
  for (const json& row : client.truth("reservations")) before.insert(row["id"]);
  client.turn({{"drift", "delete"}, {"drift_rows", 3}});
  const auto read = all_pages(client, "reservations?ordering=id&page_size=50", 5);
  std::set<std::string> missed;
  const std::set<std::string> seen(read.begin(), read.end());
  for (const json& row : client.truth("reservations"))
    if (const std::string id = row["id"]; before.contains(id) && !seen.contains(id) && id < read.back()) missed.insert(id);
  EXPECT_FALSE(missed.empty()) << "rows that were there all the time and on no page";
  EXPECT_EQ(client.truth("reservations").size(), 300u - 4 * 3) << "not before the first page";
}

TEST(Drift, InsertedRowsMakePagesRepeatOthersWhenTheLatestAreFirst) {
  Client client;
  client.turn({{"drift", "insert"}});
  const auto read = all_pages(client, "reservations?ordering=-id&page_size=50", 6);
  EXPECT_LT(std::set(read.begin(), read.end()).size(), read.size());
  EXPECT_EQ(client.truth("reservations").size(), 305u);
}

TEST(Drift, IsInTheLogAndTheSameForTheSameSeed) {
  const auto mutations = [] {
    Client client;
    client.turn({{"drift", "both"}});
    for (const std::string resource : {"orders", "users", "reservations", "membership_instances"})
      all_pages(client, resource + "?page_size=20", 2);
    json told = json::array();
    const json log = client.read("/__sim/log");
    for (const json& entry : log["entries"])
      if (entry["kind"] == "mutation") told.push_back(entry);
    EXPECT_EQ(client.truth("users").size(), 40u) << "one came and one went";
    return told;
  };
  const json first = mutations();
  EXPECT_EQ(first.size(), 8u);
  EXPECT_EQ(first[0]["op"], "drift");
  EXPECT_EQ(first, mutations());
}

TEST(Drift, LeavesSingleRecordsFirstPagesAndIdListsAlone) {
  Client client;
  client.turn({{"drift", "both"}});
  for (const std::string target : {"users", "users?page=1", "users/34501", "users?filter[id]=34501&page=2"}) client.get("/api/" + target);
  EXPECT_EQ(client.send("GET", "/api/users?page=2", {}).status, 401);
  EXPECT_EQ(client.truth("users").size(), 40u);
  EXPECT_EQ(client.read("/__sim/log")["entries"].size(), 5u);
}

TEST(Ordering, TiesComeInAnotherOrderEachTimeWhenShuffled) {
  Client client;
  const std::string query = "/api/locations?ordering=name";
  EXPECT_EQ(client.get(query).body, client.get(query).body);
  client.turn({{"order", "ties_shuffle"}});
  EXPECT_EQ(ids_of(client.read(query)), ids_of(client.read(query))) << "there are no ties";
  EXPECT_EQ(ids_of(client.read("/api/users?ordering=id")), ids_of(client.read("/api/users?ordering=id")));
  const auto once = ids_of(client.read("/api/users?ordering=last_name&page_size=40"));
  const auto again = ids_of(client.read("/api/users?ordering=last_name&page_size=40"));
  EXPECT_NE(once, again);
  EXPECT_TRUE(std::is_permutation(once.begin(), once.end(), again.begin(), again.end()));
  std::map<std::string, std::string> names;
  for (const json& row : client.truth("users")) names[row["id"]] = row["last_name"];
  EXPECT_TRUE(std::is_sorted(again.begin(), again.end(), [&](const auto& a, const auto& b) { return names[a] < names[b]; }));
}

TEST(List, DeclaredCountWobblesAroundTheTruth) {
  Client client;
  client.turn({{"count_wobble", 7}});
  std::set<int> counts;
  for (int i = 0; i < 60; ++i) {
    const json list = client.read("/api/users?page_size=10&page=4");
    EXPECT_EQ(list["data"].size(), 10u);
    const json& page = list["meta"]["pagination"];
    EXPECT_EQ(page["pages"].get<int>(), (page["count"].get<int>() + 9) / 10);
    counts.insert(page["count"].get<int>());
  }
  EXPECT_GE(*counts.begin(), 33);
  EXPECT_LE(*counts.rbegin(), 47);
  EXPECT_GT(counts.size(), 8u);
}

TEST(List, FilterIdHasNoMetaAndNoPages) {
  Client client;
  const auto ids = ids_of(client.read("/api/reservations?page_size=12&ordering=id"));
  std::string asked = "999999999";
  for (const auto& id : ids) asked += "," + id;
  const json list = client.read("/api/reservations?filter[id]=" + asked);
  EXPECT_TRUE(list["meta"].is_null());
  EXPECT_TRUE(list["links"].is_null());
  EXPECT_EQ(ids_of(list), ids);
}

TEST(List, ClosingSlashMakesNoDifference) {
  Client client;
  EXPECT_EQ(client.get("/api/users/?page=2").body, client.get("/api/users?page=2").body);
  EXPECT_EQ(client.get("/api/users/34501/").body, client.get("/api/users/34501").body);
}

TEST(List, SingleRecordHasNullMeta) {
  Client client;
  const json single = client.read("/api/users/34501");
  EXPECT_TRUE(single.contains("meta") && single["meta"].is_null());
  EXPECT_TRUE(single.contains("links") && single["links"].is_null());
  EXPECT_EQ(single["data"], client.read("/api/users?ordering=id&page_size=1")["data"][0]);
  EXPECT_EQ(client.read("/api/users/self")["data"]["type"], "users");
}

TEST(List, UnknownRecordAndResourceAre404) {
  Client client;
  for (const std::string path : {"/api/users/1", "/api/unicorns", "/api/users/34501/more", "/api/users/abc"}) {
    const auto response = client.get(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.body, R"({"detail":"Not found."})");
  }
}

TEST(List, IncludedIsEachRelatedRecordOnce) {
  Client client;
  const json list = client.read("/api/reservations?page_size=100&include=user,class_session,nobody");
  std::set<std::pair<std::string, std::string>> included, related;
  for (const json& record : list["included"]) EXPECT_TRUE(included.emplace(record["type"], record["id"]).second);
  for (const json& record : list["data"])
    for (const char* relation : {"user", "class_session"})
      if (const json& other = record["relationships"][relation]["data"]; !other.is_null()) related.emplace(other["type"], other["id"]);
  EXPECT_EQ(included, related);
  EXPECT_EQ(client.read("/api/class_sessions?include=location,class_session_type&page_size=50")["included"].size(), 3u + 6u);
}

TEST(List, IncludedAreAllOfManyAndThoseBehindThem) {
  Client client;
  const json list = client.read("/api/orders?page_size=120&include=order_lines.location,user.unicorns");
  std::map<std::string, int> included;
  for (const json& record : list["included"]) ++included[record["type"]];
  EXPECT_EQ(included["order_lines"], 200);
  EXPECT_EQ(included["locations"], 3);
  EXPECT_GT(included["users"], 30);
  EXPECT_EQ(included.size(), 3u);
}

/// Compares a filter with the same question asked of the truth.
void expect_filtered(Client& client, const std::string& resource, const std::string& query, const std::function<bool(const json&)>& holds) {
  std::vector<std::string> expected;
  for (const json& row : client.truth(resource))
    if (holds(row)) expected.push_back(row["id"]);
  ASSERT_FALSE(expected.empty()) << query << " proves nothing";
  EXPECT_EQ(ids_of(client.read("/api/" + resource + "?ordering=id&page_size=500&" + query)), expected) << query;
}

TEST(Filter, UpdatedIsHalfOpen) {
  Client client;
  std::vector<json> rows = client.truth("reservations");
  std::sort(rows.begin(), rows.end(), [](const json& a, const json& b) { return a["updated_datetime"] < b["updated_datetime"]; });
  const std::string from = rows[100]["updated_datetime"], until = rows[200]["updated_datetime"];
  expect_filtered(client, "reservations", "min_updated_datetime=" + from + "&max_updated_datetime=" + until,
                  [&](const json& row) { return row["updated_datetime"] >= from && row["updated_datetime"] < until; });
}

TEST(Filter, InstantsAreReadWithOffsetsAndDates) {
  Client client;
  expect_filtered(client, "reservations", "min_updated_datetime=2026-02-01T02:00:00%2B02:00",
                  [](const json& row) { return row["updated_datetime"] >= "2026-02-01T00:00:00Z"; });
  expect_filtered(client, "reservations", "max_updated_datetime=2026-02-01",
                  [](const json& row) { return row["updated_datetime"] < "2026-02-01T00:00:00Z"; });
}

TEST(Filter, StatusAndTypeAreDisplayValues) {
  Client client;
  expect_filtered(client, "reservations", "status=check+in", [](const json& row) { return row["status"] == "check in"; });
  expect_filtered(client, "reservations", "reservation_type=waitlist",
                  [](const json& row) { return row["reservation_type"] == "waitlist"; });
}

TEST(Filter, RelationsAreAskedById) {
  Client client;
  const json one = client.truth("reservations")[0];
  const std::string session = one["class_session"], user = one["user"];
  expect_filtered(client, "reservations", "class_session=" + session, [&](const json& row) { return row["class_session"] == session; });
  expect_filtered(client, "reservations", "user=" + user, [&](const json& row) { return row["user"] == user; });
  expect_filtered(client, "class_sessions", "location=48717&class_session_type=21,22", [&](const json& row) {
    return row["location"] == "48717" && (row["class_session_type"] == "21" || row["class_session_type"] == "22");
  });
}

TEST(Filter, ReservationsFollowTheirClass) {
  Client client;
  std::map<std::string, json> classes;
  for (const json& row : client.truth("class_sessions")) classes[row["id"]] = row;
  expect_filtered(client, "reservations", "location=48717",
                  [&](const json& row) { return classes[row["class_session"]]["location"] == "48717"; });
  expect_filtered(client, "reservations", "class_session_min_datetime=2026-03-01T00:00:00Z&class_session_max_datetime=2026-03-06T00:00:00Z",
                  [&](const json& row) {
                    const json& start = classes[row["class_session"]]["start_datetime"];
                    return start >= "2026-03-01T00:00:00Z" && start < "2026-03-06T00:00:00Z";
                  });
}

TEST(Filter, ClassesAreAskedByDayAndInstant) {
  Client client;
  expect_filtered(client, "class_sessions", "min_date=2026-02-01&max_date=2026-02-20",
                  [](const json& row) { return row["start_date"] >= "2026-02-01" && row["start_date"] <= "2026-02-20"; });
  expect_filtered(client, "class_sessions", "min_datetime=2026-02-01T12:00:00Z",
                  [](const json& row) { return row["start_datetime"] >= "2026-02-01T12:00:00Z"; });
}

TEST(Filter, EmailIsExactAndEmailQueryIsNot) {
  Client client;
  const std::string email = client.truth("users")[1]["email"];
  expect_filtered(client, "users", "email=" + email, [&](const json& row) { return row["email"] == email; });
  expect_filtered(client, "users", "email_query=TESS", [&](const json& row) {
    std::string address = row["email"];
    std::transform(address.begin(), address.end(), address.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return address.find("tess") != std::string::npos;
  });
}

TEST(Filter, OfAParameterGivenTwiceTheLastCounts) {
  Client client;
  EXPECT_EQ(client.read("/api/reservations?status=pending&status=check in")["meta"],
            client.read("/api/reservations?status=check in")["meta"]);
}

TEST(Filter, FlagsAreTrueOrFalse) {
  Client client;
  expect_filtered(client, "credit_transactions", "is_expired=true", [](const json& row) { return row["is_expired"] == true; });
  expect_filtered(client, "credit_transactions", "is_expired=False", [](const json& row) { return row["is_expired"] == false; });
  EXPECT_EQ(client.get("/api/credit_transactions?is_expired=maybe").status, 400);
}

TEST(Filter, SalesAreAskedByChangeUserAndOrder) {
  Client client;
  const json order = client.truth("orders")[2];
  const std::string user = order["user"], id = order["id"];
  expect_filtered(client, "orders", "min_updated_datetime=2025-06-01T00:00:00Z",
                  [](const json& row) { return row["updated_datetime"] >= "2025-06-01"; });
  expect_filtered(client, "order_lines", "order=" + id, [&](const json& row) { return row["order"] == id; });
  std::map<std::string, json> orders;
  for (const json& row : client.truth("orders")) orders[row["id"]] = row;
  expect_filtered(client, "order_lines", "user=" + user, [&](const json& row) { return orders[row["order"]]["user"] == user; });
  expect_filtered(client, "membership_instances", "status=payment_failure",
                  [](const json& row) { return row["status"] == "payment_failure"; });
}

TEST(Filter, SeesAMutationAtOnce) {
  Client client;
  const int64_t before = client.read("/api/reservations?status=penalty no show")["meta"]["pagination"]["count"];
  client.order("mutate", {{"op", "no_show"}, {"count", 3}});
  EXPECT_EQ(client.read("/api/reservations?status=penalty no show")["meta"]["pagination"]["count"], before + 3);
}

TEST(Ordering, ClassesComeLatestFirstUnlessAsked) {
  Client client;
  const auto starts = [&](const std::string& query) {
    std::vector<std::string> all;
    const json list = client.read("/api/class_sessions?page_size=100" + query);
    for (const json& record : list["data"]) all.push_back(record["attributes"]["start_datetime"]);
    return all;
  };
  const auto latest_first = starts(""), asked = starts("&ordering=start_datetime");
  EXPECT_TRUE(std::is_sorted(latest_first.rbegin(), latest_first.rend()));
  EXPECT_TRUE(std::is_sorted(asked.begin(), asked.end()));
}

TEST(Method, EverythingThatWritesIs405) {
  Client client;
  for (const std::string method : {"POST", "PUT", "PATCH", "DELETE"}) {
    const auto response = client.send(method, "/api/reservations/5001");
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(response.body, R"({"detail":"Method \")" + method + R"(\" not allowed."})");
  }
}

TEST(Accept, PlainJsonIs406) {
  Client client;
  http::Headers headers = Client::key();
  headers.emplace_back("accept", "application/json");
  const auto response = client.get("/api/users", headers);
  EXPECT_EQ(response.status, 406);
  EXPECT_EQ(response.body, R"({"detail":"Could not satisfy the request Accept header."})");
}

TEST(Accept, JsonApiAnythingAndNothingAreServed) {
  Client client;
  for (const std::string accept : {"application/vnd.api+json", "*/*", "application/*", "text/html, application/vnd.api+json;q=0.5", ""}) {
    http::Headers headers = Client::key();
    if (!accept.empty()) headers.emplace_back("Accept", accept);
    EXPECT_EQ(client.get("/api/users", headers).status, 200) << accept;
  }
}

TEST(Tenant, PrefixAndHostNameIt) {
  Client client;
  http::Headers south = Client::bearer("south-key-1");
  const std::string by_prefix = client.get("/t/south/api/users", south).body;
  south.emplace_back("Host", "south.marianatek.example:8080");
  EXPECT_EQ(client.get("/api/users", south).body, by_prefix);
  EXPECT_EQ(client.get("/t/north/api/users").body, client.get("/api/users").body);
  EXPECT_NE(client.get("/api/users").body, by_prefix);
  EXPECT_EQ(client.get("/t/west/api/users").status, 404);
}

TEST(Tenant, IdsOverlapAndMeanSomethingElse) {
  Client client;
  std::map<std::string, json> north;
  for (const json& row : client.truth("users")) north[row["id"]] = row;
  int shared = 0, different = 0;
  for (const json& row : client.truth("users", "south")) {
    if (!north.contains(row["id"])) continue;
    ++shared;
    different += row != north[row["id"]];
  }
  EXPECT_GT(shared, 20);
  EXPECT_EQ(different, shared);
}

TEST(Tenant, KeyOfAnotherTenantIsGarbage) {
  Client client;
  EXPECT_EQ(client.get("/t/south/api/users").status, 401);
}

}  // namespace
}  // namespace syncline::simulators::marianatek
