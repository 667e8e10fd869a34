// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "simulators/marianatek/instant.hpp"
#include "simulators/marianatek/resource.hpp"
#include "simulators/marianatek/test_client.hpp"

namespace syncline::simulators::marianatek {
namespace {

SimulatorOptions sized(const std::string& resource, int64_t rows) {
  SimulatorOptions options = Client::quick();
  options.rows[resource] = rows;
  return options;
}

std::string trimmed_lower(std::string text) {
  std::erase(text, ' ');
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return text;
}

TEST(Options, WrongOnesAreNamed) {
  const auto refused = [](auto change) {
    SimulatorOptions options;
    change(options);
    const auto made = make_simulator(options);
    return made ? "" : made.error().message;
  };
  EXPECT_NE(refused([](auto& options) { options.profile = "huge"; }).find("profile"), std::string::npos);
  EXPECT_NE(refused([](auto& options) { options.rows["unicorns"] = 1; }).find("unicorns"), std::string::npos);
  EXPECT_NE(refused([](auto& options) { options.rows["users"] = -1; }).find("users"), std::string::npos);
  EXPECT_NE(refused([](auto& options) { options.rate_per_minute = -1; }).find("rate_per_minute"), std::string::npos);
  EXPECT_NE(refused([](auto& options) { options.start = Timestamp(std::chrono::hours(1)); }).find("start"), std::string::npos);
}

TEST(Data, IsTheSameForTheSameSeedAndOtherForAnother) {
  const auto text = [](uint64_t seed) {
    SimulatorOptions options = Client::quick();
    options.seed = seed;
    Client client(options);
    std::string all;
    for (const Resource& resource : resources()) all += client.get("/__sim/truth/" + std::string(resource.type)).body;
    return all;
  };
  EXPECT_EQ(text(1), text(1));
  EXPECT_NE(text(1), text(2));
}

TEST(Data, HasNothingToTripOverWhenOtherTablesAreEmpty) {
  SimulatorOptions options = Client::quick();
  for (const Resource& resource : resources()) {
    options.rows.clear();
    for (const Resource& other : resources())
      if (&other != &resource) options.rows[std::string(other.type)] = 0;
    Client client(options);
    for (const Resource& other : resources()) client.read("/api/" + std::string(other.type) + "?include=user,location");
    for (const std::string op : {"edit_user", "cancel", "reschedule", "rename_class_type", "hard_delete", "archive_user", "backdate"})
      client.order("mutate", {{"op", op}});
    client.send("POST", "/__sim/mutate", {}, R"({"op":"book"})");
  }
}

TEST(Data, TinyHasItsSizes) {
  Client client;
  EXPECT_EQ(client.truth("users").size(), 40u);
  EXPECT_EQ(client.truth("reservations").size(), 300u);
  EXPECT_EQ(client.truth("locations").size(), 3u);
}

TEST(Data, MillionsOfRowsAreJustANumber) {
  SimulatorOptions options = sized("reservations", 50'000'000);
  options.profile = "chain";
  Client client(options);
  const json list = client.read("/api/reservations?page_size=500&ordering=id&page=100000");
  EXPECT_EQ(list["data"].size(), 500u);
  EXPECT_EQ(list["meta"]["pagination"]["count"], 50'000'000);
  EXPECT_EQ(client.read("/api/users")["meta"]["pagination"]["count"], 200'000) << "only what was asked for grows";
}

TEST(Ids, AscendWithGapsAndAreStrings) {
  Client client;
  int64_t last = 0, gaps = 0;
  for (const json& row : client.truth("reservations")) {
    const int64_t id = std::stoll(row["id"].get<std::string>());
    EXPECT_GT(id, last);
    gaps += last != 0 && id > last + 1;
    last = id;
  }
  EXPECT_GT(gaps, 10);
}

TEST(Reservations, HaveAllTenStatusesAndThreeTypes) {
  Client client;
  std::map<std::string, int> statuses, types;
  for (const json& row : client.truth("reservations")) {
    ++statuses[row["status"]];
    ++types[row["reservation_type"]];
  }
  for (const std::string status : {"pending", "check in", "standard cancel", "penalty cancel", "graced cancel", "penalty no show",
                                   "graced no show", "removed", "class cancelled", "penalty removed"})
    EXPECT_GT(statuses[status], 0) << status;
  EXPECT_EQ(statuses.size(), 10u);
  EXPECT_EQ(types.size(), 3u);
}

TEST(Reservations, DatesAgreeWithTheStatus) {
  Client client(sized("reservations", 3000));
  for (const json& row : client.truth("reservations")) {
    const std::string status = row["status"], created = row["creation_date"], updated = row["updated_datetime"];
    const bool cancelled = status.ends_with("cancel") || status.ends_with("removed") || status == "class cancelled";
    EXPECT_EQ(row["cancel_date"].is_string(), cancelled) << row;
    EXPECT_EQ(row["check_in_date"].is_string(), status == "check in") << row;
    const auto at = [](const std::string& text) { return *read_instant(text); };
    EXPECT_GE(at(updated), at(created)) << row;
    EXPECT_LE(at(updated), at("2026-03-02T12:00:00Z")) << row;
    EXPECT_EQ(row["cancel_date"], cancelled ? row["updated_datetime"] : json(nullptr));
  }
}

TEST(Reservations, AFewAreGuestsWithoutAUser) {
  Client client(sized("reservations", 5000));
  int guests = 0, known = 0;
  std::set<std::string> emails;
  for (const json& row : client.truth("users")) emails.insert(row["email"]);
  for (const json& row : client.truth("reservations")) {
    EXPECT_EQ(row["user"].is_null(), row["guest_email"].is_string());
    EXPECT_EQ(row["user"].is_null(), row["reserved_for_guest"] == true);
    if (!row["user"].is_null()) continue;
    ++guests;
    known += emails.contains(row["guest_email"]);
  }
  EXPECT_NEAR(guests, 200, 20);
  EXPECT_GT(known, 20) << "some guests wrote an address that a customer has";
}

TEST(Users, EmailsAreSharedBlankAndSpelledDifferently) {
  Client client(sized("users", 2000));
  std::map<std::string, std::vector<std::string>> by_person;
  int blank = 0, shared = 0, without_phone = 0;
  for (const json& row : client.truth("users")) {
    const std::string email = row["email"];
    without_phone += row["phone_number"] == "";
    if (email.empty()) {
      ++blank;
    } else {
      by_person[trimmed_lower(email)].push_back(email);
    }
  }
  for (const auto& [person, spellings] : by_person) {
    shared += int(spellings.size()) - 1;
    EXPECT_EQ(std::set(spellings.begin(), spellings.end()).size() > 1, spellings.size() > 1);
  }
  EXPECT_NEAR(blank, 100, 10);
  EXPECT_NEAR(shared, 60, 10);
  EXPECT_GT(without_phone, 50);
}

TEST(Users, SmallestTenantHasEveryRareKind) {
  Client client;
  int blank = 0, spaced = 0, red = 0, odd = 0;
  for (const json& row : client.truth("users")) {
    blank += row["email"] == "";
    spaced += trimmed_lower(row["email"]) != row["email"];
    red += row["account_balance"] < 0;
    const std::string name = row["full_name"];
    odd += std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '"' || c == '\\'; });
  }
  EXPECT_GT(blank, 0);
  EXPECT_GT(spaced, 0);
  EXPECT_GT(red, 0);
  EXPECT_GT(odd, 0);
}

TEST(Users, BalanceIsAPythonFloat) {
  Client client;
  const auto shown = [&](double balance) {
    client.order("mutate", {{"op", "edit_user"}, {"id", "34501"}, {"account_balance", balance}});
    const std::string body = client.get("/api/users/34501").body, key = "\"account_balance\":";
    const size_t at = body.find(key) + key.size();
    return body.substr(at, body.find(',', at) - at);
  };
  EXPECT_EQ(shown(0), "0.0");
  EXPECT_EQ(shown(12.5), "12.5");
  EXPECT_EQ(shown(-0.05), "-0.05");
  EXPECT_EQ(shown(1234.1), "1234.1");
  EXPECT_EQ(shown(0.3), "0.3");
}

TEST(Classes, LieWithinSixtyDaysOfTheStart) {
  Client client;
  std::string first = "9", last = "0";
  for (const json& row : client.truth("class_sessions")) {
    first = std::min(first, row["start_datetime"].get<std::string>());
    last = std::max(last, row["start_datetime"].get<std::string>());
  }
  EXPECT_TRUE(first.starts_with("2026-01-01T")) << first;
  EXPECT_TRUE(last.starts_with("2026-04-2") || last.starts_with("2026-04-3")) << last;
}

TEST(Classes, LocalDayAndTimeAreThoseOfTheLocationsZone) {
  Client client(sized("class_sessions", 2000));
  std::map<std::string, std::string> zones;
  for (const json& row : client.truth("locations")) zones[row["id"]] = row["timezone"];
  EXPECT_EQ(zones.size(), 3u);
  bool other_day = false;
  for (const json& row : client.truth("class_sessions")) {
    const std::string start = row["start_datetime"], day = row["start_date"], time = row["start_time"];
    // From wall time back to UTC by the offsets of early February, when no zone has summer time.
    if (start < "2026-02-01" || start > "2026-02-20") continue;
    const std::string zone = zones[row["location"]], offset = zone == "US/Eastern"        ? "-05:00"
                                                              : zone == "America/Chicago" ? "-06:00"
                                                                                          : "+00:00";
    EXPECT_EQ(read_instant(day + "T" + time + offset), read_instant(start)) << row;
    other_day = other_day || !start.starts_with(day);
  }
  EXPECT_TRUE(other_day);
}

TEST(Classes, InstructorsAreNoneOneOrTwo) {
  Client client(sized("class_sessions", 200));
  std::set<size_t> counts;
  for (const json& row : client.truth("class_sessions")) {
    EXPECT_EQ(row["instructor_names"].size(), row["instructors"].size());
    counts.insert(row["instructors"].size());
  }
  EXPECT_EQ(counts, (std::set<size_t>{0, 1, 2}));
}

TEST(Locations, LimitIsBlankOrANumber) {
  Client client;
  std::set<std::string> kinds;
  for (const json& row : client.truth("locations")) kinds.insert(row["daily_pending_reservation_limit"].type_name());
  EXPECT_EQ(kinds, (std::set<std::string>{"string", "number"}));
}

TEST(Instant, WhatIsNoneIsNotRead) {
  for (const std::string text : {"", "now", "2026-02-30", "2026-13-01", "2026-02-01T24:00:00Z", "2026-02-01T10:60Z",
                                 "2026-02-01T10:00:00Zx", "2026-02-01T10:00:00.Z", "2026-2-1"})
    EXPECT_FALSE(read_instant(text)) << text;
}

TEST(Instant, IsReadAndWrittenAlike) {
  for (const std::string text : {"2026-02-27T15:34:28.278681Z", "2024-02-29T00:00:00Z", "1999-12-31T23:59:59.000001Z"}) {
    std::string written;
    append_instant(written, *read_instant(text));
    EXPECT_EQ(written, text);
  }
}

TEST(Instant, WallTimeKnowsSummer) {
  const auto local = [](std::string_view zone, std::string_view utc) {
    std::string text;
    append_instant(text, wall_time(zone, *read_instant(utc)));
    return text;
  };
  EXPECT_EQ(local("US/Eastern", "2026-03-08T06:59:59Z"), "2026-03-08T01:59:59Z");
  EXPECT_EQ(local("US/Eastern", "2026-03-08T07:00:00Z"), "2026-03-08T03:00:00Z");
  EXPECT_EQ(local("America/Chicago", "2026-11-01T06:59:59Z"), "2026-11-01T01:59:59Z");
  EXPECT_EQ(local("America/Chicago", "2026-11-01T07:00:00Z"), "2026-11-01T01:00:00Z");
  EXPECT_EQ(local("Europe/London", "2026-03-29T00:59:59Z"), "2026-03-29T00:59:59Z");
  EXPECT_EQ(local("Europe/London", "2026-03-29T01:00:00Z"), "2026-03-29T02:00:00Z");
  EXPECT_EQ(local("Europe/London", "2026-10-25T01:00:00Z"), "2026-10-25T01:00:00Z");
}

}  // namespace
}  // namespace syncline::simulators::marianatek
