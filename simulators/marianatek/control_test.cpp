// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "simulators/marianatek/resource.hpp"
#include "simulators/marianatek/test_client.hpp"

namespace syncline::simulators::marianatek {
namespace {

std::vector<std::string> everything() {
  std::vector<std::string> all;
  for (const Resource& resource : resources()) all.emplace_back(resource.type);
  return all;
}
const std::vector<std::string> Everything = everything();

/// What differs between two truths, as mutations tell it: resource/id:op.
std::vector<std::string> differences(const std::map<std::string, json>& before, const std::map<std::string, json>& after) {
  std::vector<std::string> found;
  for (const auto& [key, row] : before)
    if (!after.contains(key)) found.push_back(key + ":delete");
  for (const auto& [key, row] : after) {
    if (!before.contains(key)) {
      found.push_back(key + ":insert");
    } else if (row != before.at(key)) {
      std::string fields;
      for (const auto& [name, value] : row.items())
        if (value != before.at(key)[name]) fields += " " + name;
      found.push_back(key + ":update" + fields);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> told(const json& changes) {
  std::vector<std::string> all;
  for (const json& change : changes) {
    std::vector<std::string> fields = change["fields"];
    std::sort(fields.begin(), fields.end());
    std::string text =
        change["resource"].get<std::string>() + "/" + change["id"].get<std::string>() + ":" + change["op"].get<std::string>();
    for (const std::string& field : fields) text += " " + field;
    all.push_back(text);
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::map<std::string, json> whole_truth(Client& client, const std::string& tenant = "north") {
  std::map<std::string, json> rows;
  for (const std::string& resource : Everything)
    for (const json& row : client.truth(resource, tenant)) rows[resource + "/" + row["id"].get<std::string>()] = row;
  return rows;
}

TEST(Control, NonsenseIsRefusedWithAReason) {
  Client client;
  const std::pair<std::string, std::string> cases[] = {{"mutate", R"({"op":"explode"})"},
                                                       {"mutate", "{"},
                                                       {"mutate", "[]"},
                                                       {"mutate", R"({"op":"cancel","id":"1"})"},
                                                       {"mutate", R"({"op":"cancel","count":-1})"},
                                                       {"mutate", R"({"op":7,"count":"x"})"},
                                                       {"mutate", R"({"op":"edit_user","email":{}})"},
                                                       {"mutate", R"({"op":"hard_delete","resource":"unicorns"})"},
                                                       {"clock", R"({"set":"now"})"},
                                                       {"clock", R"({"advance_s":-1})"},
                                                       {"clock", "{}"},
                                                       {"reset", R"({"profile":"huge"})"},
                                                       {"reset", R"({"rows":{"unicorns":1}})"},
                                                       {"reset", R"({"rows":{"users":-1}})"},
                                                       {"knobs", R"({"clamp":0})"},
                                                       {"knobs", R"({"past_end":"500"})"},
                                                       {"knobs", R"({"volume":11})"},
                                                       {"mutate", R"({"op":"book","user":"1"})"},
                                                       {"mutate", R"({"op":"change","resource":"orders","what":"explode"})"},
                                                       {"mutate", R"({"op":"change","resource":"orders"})"},
                                                       {"mutate", R"({"op":"churn","resources":["unicorns"]})"},
                                                       {"mutate", R"({"op":"churn","resources":"users"})"},
                                                       {"mutate", R"({"op":"churn","resources":[7]})"}};
  for (const auto& [control, body] : cases) {
    const auto response = client.send("POST", "/__sim/" + control, {}, body);
    EXPECT_EQ(response.status, 400) << control << body;
    EXPECT_FALSE(json::parse(response.body)["error"].get<std::string>().empty());
  }
  for (const std::string path : {"/__sim/nothing", "/__sim/truth/unicorns", "/__sim/truth/users?tenant=west", "/__sim/"})
    EXPECT_EQ(client.get(path).status, 404) << path;
  EXPECT_EQ(client.send("PATCH", "/__sim/knobs").status, 405);
}

TEST(Clock, MovesOnlyWhenToldAndIsTheDateOfAnswers) {
  Client client;
  EXPECT_EQ(header_of(client.get("/api/users"), "Date"), "Mon, 02 Mar 2026 12:00:00 GMT");
  client.order("clock", {{"advance_s", 90}});
  EXPECT_EQ(header_of(client.get("/api/users"), "Date"), "Mon, 02 Mar 2026 12:01:30 GMT");
  EXPECT_EQ(client.order("clock", {{"set", "2026-04-01T00:00:00Z"}})["now"], "2026-04-01T00:00:00Z");
}

TEST(Knobs, ASetWithOneWrongKnobChangesNone) {
  Client client;
  EXPECT_EQ(client.send("PUT", "/__sim/knobs", {}, R"({"clamp":200,"past_end":"never"})").status, 400);
  EXPECT_EQ(client.read("/__sim/knobs")["clamp"], 500);
}

TEST(Mutation, TruthDiffersInExactlyWhatItTells) {
  for (const std::string tenant : {"north", "south"}) {
    Client client;
    const json orders[] = {{{"op", "book"}, {"count", 3}},
                           {{"op", "book"}, {"guest_email", "guest@x.example"}},
                           {{"op", "cancel"}, {"count", 4}},
                           {{"op", "check_in"}, {"count", 2}},
                           {{"op", "no_show"}},
                           {{"op", "edit_user"}, {"count", 8}},
                           {{"op", "edit_user"}, {"first_name", "Ü\"\\"}, {"account_balance", -12.5}},
                           {{"op", "rename_class_type"}},
                           {{"op", "archive_user"}, {"count", 2}},
                           {{"op", "hard_delete"}, {"count", 5}},
                           {{"op", "hard_delete"}, {"resource", "users"}, {"count", 3}},
                           {{"op", "backdate"}, {"count", 2}},
                           {{"op", "reschedule"}, {"count", 3}, {"minutes", 2000}},
                           {{"op", "add"}, {"resource", "users"}, {"count", 9}},
                           {{"op", "add"}, {"resource", "class_sessions"}},
                           {{"op", "sell"}, {"count", 3}},
                           {{"op", "change"}, {"resource", "orders"}, {"what", "refund"}, {"count", 4}},
                           {{"op", "change"}, {"resource", "locations"}, {"what", "rename"}},
                           {{"op", "change"}, {"resource", "class_sessions"}, {"what", "substitute"}, {"count", 5}}};
    for (json order : orders) {
      client.order("clock", {{"advance_s", 61.5}});
      const auto before = whole_truth(client, tenant);
      order["tenant"] = tenant;
      auto changes = told(client.order("mutate", order)["changes"]);
      const auto after = whole_truth(client, tenant);
      EXPECT_FALSE(changes.empty()) << order;
      EXPECT_EQ(changes, differences(before, after)) << order;
    }
  }
}

TEST(Mutation, AnythingThatCanHappenToAResourceIsToldExactly) {
  for (const Resource& resource : resources()) {
    EXPECT_FALSE(resource.happenings.empty()) << resource.type;
    Client client;
    client.order("clock", {{"advance_s", 61.5}});
    for (const Happening& what : resource.happenings) {
      const auto before = whole_truth(client);
      const json order{{"op", "change"}, {"resource", resource.type}, {"what", what.name}, {"count", 3}};
      const auto changes = told(client.order("mutate", order)["changes"]);
      EXPECT_FALSE(changes.empty()) << order;
      EXPECT_EQ(changes, differences(before, whole_truth(client))) << order;
    }
    const auto before = whole_truth(client);
    const auto changes = told(client.order("mutate", {{"op", "add"}, {"resource", resource.type}, {"count", 3}})["changes"]);
    EXPECT_GE(changes.size(), 3u) << resource.type;
    EXPECT_EQ(changes, differences(before, whole_truth(client))) << resource.type;
  }
}

/// What a churn did, each row once: inserted then deleted is nothing, inserted then updated is inserted.
std::vector<std::string> summed(const json& changes) {
  std::map<std::string, std::pair<std::string, std::set<std::string>>> rows;
  for (const json& change : changes) {
    const std::string key = change["resource"].get<std::string>() + "/" + change["id"].get<std::string>(), op = change["op"];
    auto& [kind, fields] = rows[key];
    if (op == "delete") {
      kind = kind == "insert" ? "nothing" : "delete";
    } else if (kind.empty()) {
      kind = op;
    }
    for (const json& field : change["fields"]) fields.insert(field.get<std::string>());
  }
  std::vector<std::string> all;
  for (const auto& [key, row] : rows)
    if (row.first != "nothing" && row.first != "update") all.push_back(key + ":" + row.first);
  std::sort(all.begin(), all.end());
  return all;
}

TEST(Mutation, AThousandRandomOnesOverEverythingAreToldExactly) {
  for (const std::string tenant : {"north", "south"}) {
    Client client;
    const auto before = whole_truth(client, tenant), other = whole_truth(client, tenant == "north" ? "south" : "north");
    json all = json::array();
    for (int round = 0; round < 4; ++round) {
      client.order("clock", {{"advance_s", 3600}});
      const json answer = client.order("mutate", {{"op", "churn"}, {"count", 250}, {"tenant", tenant}});
      for (const json& change : answer["changes"]) all.push_back(change);
    }
    const auto after = whole_truth(client, tenant);
    std::map<std::string, int> ops;
    std::set<std::string> touched;
    for (const json& change : all) {
      ++ops[change["op"]];
      touched.insert(change["resource"].get<std::string>() + change["op"].get<std::string>());
    }
    EXPECT_GE(all.size(), 950u);
    for (const std::string op : {"insert", "update", "delete"}) EXPECT_GT(ops[op], 100) << op;
    EXPECT_GT(touched.size(), resources().size() * 2) << "nearly every resource in nearly every way";
    std::vector<std::string> comings;
    std::set<std::string> told_updates;
    for (const json& change : all)
      for (const json& field : change["fields"])
        told_updates.insert(change["resource"].get<std::string>() + "/" + change["id"].get<std::string>() + " " + field.get<std::string>());
    for (const std::string& difference : differences(before, after)) {
      if (difference.ends_with(":insert") || difference.ends_with(":delete")) {
        comings.push_back(difference);
        continue;
      }
      std::string_view rest = difference;
      const std::string key(rest.substr(0, rest.find(':')));
      for (const std::string_view field : split(rest.substr(rest.find(":update") + 7), ' '))
        EXPECT_TRUE(told_updates.contains(key + " " + std::string(field))) << difference;
    }
    EXPECT_EQ(comings, summed(all));
    EXPECT_EQ(whole_truth(client, tenant == "north" ? "south" : "north"), other);
  }
}

TEST(Mutation, RandomOnesAreTheSameForTheSameSeed) {
  const auto churned = [](uint64_t seed) {
    SimulatorOptions options = Client::quick();
    options.seed = seed;
    Client client(options);
    return client.order("mutate", {{"op", "churn"}, {"count", 100}}).dump();
  };
  EXPECT_EQ(churned(1), churned(1));
  EXPECT_NE(churned(1), churned(2));
}

TEST(Mutation, NoResourceLosesMoreThanHalf) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Client client;
    client.order("reset", {{"seed", seed}});
    const json answer = client.order("mutate", {{"op", "churn"}, {"count", 30}, {"resources", {"regions"}}});
    int left = 2;
    for (const json& change : answer["changes"]) {
      left += change["op"] == "insert" ? 1 : change["op"] == "delete" ? -1 : 0;
      EXPECT_GE(left, 1) << seed;
    }
  }
}

TEST(Mutation, NewRowsBeginNow) {
  Client client;
  client.order("clock", {{"set", "2026-03-05T10:00:00Z"}});
  const std::pair<std::string, std::string> births[] = {{"users", "date_joined"},
                                                        {"membership_instances", "purchase_date"},
                                                        {"membership_transactions", "transaction_datetime"},
                                                        {"credit_transactions", "transaction_datetime"},
                                                        {"orders", "date_placed"},
                                                        {"class_session_types", "created_at"},
                                                        {"reservations", "creation_date"}};
  for (const auto& [resource, birth] : births) {
    const json changes = client.order("mutate", {{"op", "add"}, {"resource", resource}});
    EXPECT_EQ(client.truth_of(resource, changes["changes"][0]["id"])[birth], "2026-03-05T10:00:00Z") << resource;
  }
}

TEST(Mutation, FreshNamesAreNobodyElses) {
  Client client;
  std::set<std::string> names;
  for (const json& row : client.truth("employee_public_profiles")) names.insert(row["schedule_display_name"]);
  client.order("mutate", {{"op", "change"}, {"resource", "employee_public_profiles"}, {"what", "rename"}, {"count", 6}});
  for (const json& row : client.truth("employee_public_profiles")) names.insert(row["schedule_display_name"]);
  EXPECT_EQ(names.size(), 12u);
}

TEST(Mutation, RefundIsInTheMoneyOfTheOrder) {
  Client client;
  const std::string id = client.order("mutate", {{"op", "sell"}, {"user", "34501"}})["changes"][0]["id"];
  json order = client.truth_of("orders", id);
  EXPECT_EQ(order["user"], "34501");
  EXPECT_EQ(order["status"], "Completed");
  EXPECT_EQ(order["order_lines"].size(), order["summary"].size());
  client.order("clock", {{"advance_s", 60}});
  client.order("mutate", {{"op", "change"}, {"resource", "orders"}, {"what", "refund"}, {"id", id}});
  const json refunded = client.truth_of("orders", id);
  EXPECT_EQ(refunded["status"], "Refunded");
  EXPECT_EQ(refunded["net_total"], "0.00");
  EXPECT_EQ(refunded["total_amount_refunded"], order["total"]);
  EXPECT_EQ(refunded["payment_refunds"][0]["amount_refunded"], order["total"]);
  EXPECT_EQ(refunded["updated_datetime"], "2026-03-02T12:01:00Z");
}

TEST(Mutation, TouchesOnlyItsTenant) {
  Client client;
  const auto before = whole_truth(client, "south");
  client.order("mutate", {{"op", "edit_user"}, {"count", 10}});
  EXPECT_EQ(whole_truth(client, "south"), before);
}

TEST(Mutation, MovesAReservationsUpdatedDatetime) {
  Client client;
  client.order("clock", {{"set", "2026-03-05T10:00:00.25Z"}});
  for (const std::string op : {"cancel", "check_in", "no_show", "backdate", "book"}) {
    const json changes = client.order("mutate", {{"op", op}})["changes"];
    EXPECT_EQ(client.truth_of("reservations", changes[0]["id"])["updated_datetime"], "2026-03-05T10:00:00.250000Z") << op;
  }
}

TEST(Mutation, SilentOneLeavesUpdatedDatetimeAlone) {
  Client client;
  client.order("clock", {{"advance_s", 60}});
  const json changes = client.order("mutate", {{"op", "cancel"}, {"silent", true}})["changes"];
  EXPECT_EQ(changes[0]["fields"], (std::vector<std::string>{"status", "cancel_date"}));
}

TEST(Mutation, BookingIsForAFutureClassAtTheEndOfTheList) {
  Client client;
  const std::string id = client.order("mutate", {{"op", "book"}})["changes"][0]["id"];
  const json record = client.read("/api/reservations/" + id)["data"];
  EXPECT_EQ(record["attributes"]["status"], "pending");
  const std::string session = record["relationships"]["class_session"]["data"]["id"];
  EXPECT_GT(client.truth_of("class_sessions", session)["start_datetime"].get<std::string>(), "2026-03-02T12:00:00Z");
  EXPECT_EQ(ids_of(client.read("/api/reservations?ordering=-id&page_size=1")), std::vector<std::string>{id});
}

TEST(Mutation, HardDeletedRowIsNowhere) {
  Client client;
  const std::string id = client.order("mutate", {{"op", "hard_delete"}})["changes"][0]["id"];
  EXPECT_EQ(client.get("/api/reservations/" + id).status, 404);
  EXPECT_EQ(client.read("/api/reservations?filter[id]=" + id)["data"].size(), 0u);
  EXPECT_EQ(client.read("/api/reservations")["meta"]["pagination"]["count"], 299);
  EXPECT_EQ(client.truth("reservations").size(), 299u);
  EXPECT_TRUE(client.truth_of("reservations", id).is_null());
}

TEST(Mutation, ARestoredRowIsAsItWas) {
  Client client;
  const json before = client.truth("reservations");
  const std::string id = client.order("mutate", {{"op", "hard_delete"}})["changes"][0]["id"];
  EXPECT_EQ(client.order("mutate", {{"op", "restore"}, {"id", id}})["changes"][0]["id"], id);
  EXPECT_EQ(json(client.truth("reservations")), before);
  EXPECT_EQ(client.send("POST", "/__sim/mutate", {}, json{{"op", "restore"}, {"id", id}}.dump()).status, 400);
}

TEST(Mutation, ListsShowDeletedGapsAndNewRowsInOrder) {
  Client client;
  client.order("mutate", {{"op", "hard_delete"}, {"count", 120}});
  client.order("mutate", {{"op", "book"}, {"count", 20}});
  std::vector<std::string> truth;
  for (const json& row : client.truth("reservations")) truth.push_back(row["id"]);
  std::vector<std::string> listed;
  for (int page = 1; page <= 10; ++page)
    for (const auto& id : ids_of(client.read("/api/reservations?ordering=id&page_size=20&page=" + std::to_string(page))))
      listed.push_back(id);
  EXPECT_EQ(listed, truth);
  EXPECT_EQ(listed.size(), 200u);
}

TEST(Mutation, FewerSuitableRowsThanAskedForAreAllTaken) {
  Client client;
  const size_t pending = client.read("/api/reservations?status=pending")["meta"]["pagination"]["count"];
  EXPECT_EQ(client.order("mutate", {{"op", "cancel"}, {"count", 1000}})["changes"].size(), pending);
  EXPECT_EQ(client.order("mutate", {{"op", "cancel"}})["changes"].size(), 0u);
}

TEST(Mutation, OrderedValuesAreTaken) {
  Client client;
  client.order("mutate", {{"op", "edit_user"},
                          {"id", 34501},
                          {"email", " New@Example.com "},
                          {"account_balance", 12.5},
                          {"phone_number", ""},
                          {"last_name", "O"}});
  const json user = client.truth_of("users", "34501");
  EXPECT_EQ(user["email"], " New@Example.com ");
  EXPECT_EQ(user["account_balance"], 12.5);
  EXPECT_EQ(user["phone_number"], "");
  EXPECT_TRUE(user["full_name"].get<std::string>().ends_with(" O"));
}

TEST(Log, TellsEveryRequestAndMutationInOrder) {
  Client client;
  client.order("faults", {{"action", "status"}, {"status", 502}, {"match", {{"page", 7}}}});
  client.get("/t/south/api/users?page=2", {});
  const json mutated = client.order("mutate", {{"op", "cancel"}});
  client.order("clock", {{"advance_s", 60}});
  client.get("/api/reservations?page=7");
  client.send("POST", "/o/token?password=secret", {}, "password=secret");
  const json log = client.read("/__sim/log");
  ASSERT_EQ(log["entries"].size(), 4u);
  EXPECT_EQ(log["entries"][0], (json{{"n", 1},
                                     {"at", "2026-03-02T12:00:00Z"},
                                     {"kind", "request"},
                                     {"tenant", "south"},
                                     {"method", "GET"},
                                     {"target", "/t/south/api/users?page=2"},
                                     {"status", 401},
                                     {"auth", "none"},
                                     {"fault", nullptr}}));
  EXPECT_EQ(log["entries"][1]["kind"], "mutation");
  EXPECT_EQ(log["entries"][1]["changes"], mutated["changes"]);
  EXPECT_EQ(log["entries"][2]["fault"], "status 502");
  EXPECT_EQ(log["entries"][2]["auth"], "api_key");
  EXPECT_EQ(log["entries"][2]["at"], "2026-03-02T12:01:00Z");
  EXPECT_EQ(log["entries"][3]["target"], "/o/token") << "its query may hold a password";
  EXPECT_EQ(client.read("/__sim/log?since=4")["entries"].size(), 1u);
  EXPECT_EQ(log["next"], 5);
}

TEST(Log, KeepsTheLatestRequestsAndSaysHowManyAreGone) {
  Client client;
  for (int i = 0; i < 20'007; ++i) client.get("/api/nothing");
  const json log = client.read("/__sim/log");
  EXPECT_EQ(log["dropped"], 7);
  EXPECT_EQ(log["entries"].size(), 20'000u);
  EXPECT_EQ(log["entries"][0]["n"], 8);
}

TEST(Truth, IsTheFlatFormOfWhatTheApiSays) {
  Client client;
  for (const std::string& resource : Everything) {
    const auto rows = client.truth(resource);
    const json list = client.read("/api/" + resource + "?ordering=id&page_size=500");
    ASSERT_EQ(list["data"].size(), rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      json flat = list["data"][i]["attributes"];
      flat["id"] = list["data"][i]["id"];
      for (const auto& [name, relation] : list["data"][i]["relationships"].items()) {
        const json& data = relation["data"];
        flat[name] = data.is_null() ? json(nullptr) : data.is_array() ? json::array() : data["id"];
        if (data.is_array())
          for (const json& one : data) flat[name].push_back(one["id"]);
      }
      EXPECT_EQ(rows[i], flat);
    }
  }
}

TEST(Truth, IsReadInPieces) {
  Client client;
  const auto response = client.get("/__sim/truth/reservations?offset=298&limit=10");
  EXPECT_EQ(split(response.body, '\n').size(), 2u);
  EXPECT_EQ(header_of(response, "X-Sim-Count"), "300");
  EXPECT_EQ(client.get("/__sim/truth/reservations?offset=999999").body, "");
}

TEST(Reset, MakesEverythingNewButTheCredentials) {
  Client client;
  const std::string before = client.get("/api/users").body;
  client.turn({{"clamp", 1}});
  client.order("mutate", {{"op", "edit_user"}, {"count", 40}});
  client.order("faults", {{"action", "status"}});
  client.order("clock", {{"advance_s", 60}});
  client.order("reset", {{"seed", 1}});
  EXPECT_EQ(client.get("/api/users").body, before);
  EXPECT_EQ(client.read("/__sim/log")["entries"].size(), 1u);
  client.order("reset", {{"seed", 2}, {"rows", {{"users", 7}, {"reservations", 0}}}});
  EXPECT_EQ(client.truth("users").size(), 7u);
  EXPECT_EQ(client.read("/api/reservations")["data"].size(), 0u);
  EXPECT_NE(client.get("/api/users").body, before);
}

}  // namespace
}  // namespace syncline::simulators::marianatek
