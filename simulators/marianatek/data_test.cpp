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
    for (const std::string op :
         {"edit_user", "cancel", "reschedule", "rename_class_type", "hard_delete", "archive_user", "backdate", "sell"})
      client.order("mutate", {{"op", op}});
    client.send("POST", "/__sim/mutate", {}, R"({"op":"book"})");
    client.order("mutate", {{"op", "churn"}, {"count", 100}});
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

/// The rows of a resource by id.
std::map<std::string, json> by_id(Client& client, const std::string& resource, const std::string& tenant = "north") {
  std::map<std::string, json> rows;
  for (const json& row : client.truth(resource, tenant)) rows[row["id"]] = row;
  return rows;
}

int64_t cents(const json& amount) {
  std::string digits = amount;
  EXPECT_EQ(digits[digits.size() - 3], '.') << digits;
  std::erase(digits, '.');
  return std::stoll(digits);
}

TEST(Relations, LeadToRowsThatAreThere) {
  for (const std::string tenant : {"north", "south"}) {
    Client client;
    std::map<std::string, std::map<std::string, json>> all;
    for (const Resource& resource : resources()) all[std::string(resource.type)] = by_id(client, std::string(resource.type), tenant);
    for (const Resource& resource : resources()) {
      for (const Relation& relation : resource.relations) {
        if (find_resource(relation.type) == nullptr) continue;
        const auto& others = all[std::string(relation.type)];
        for (const auto& [id, row] : all[std::string(resource.type)]) {
          const json& there = row[std::string(relation.name)];
          for (const json& one : there.is_array() ? there : there.is_null() ? json::array() : json::array({there}))
            EXPECT_TRUE(others.contains(one.get<std::string>())) << resource.type << " " << id << "." << relation.name << " " << one;
        }
      }
    }
  }
}

TEST(Relations, LeadNowhereRatherThanAstrayWhateverTheSizes) {
  for (const auto& [resource, rows] : std::map<std::string, int64_t>{{"orders", 7},
                                                                     {"order_lines", 3},
                                                                     {"credit_transactions", 2},
                                                                     {"membership_transactions", 5},
                                                                     {"membership_instances", 500},
                                                                     {"users", 1},
                                                                     {"employees", 1}}) {
    Client client(sized(resource, rows));
    std::map<std::string, std::map<std::string, json>> all;
    for (const Resource& one : resources()) all[std::string(one.type)] = by_id(client, std::string(one.type));
    for (const Resource& one : resources())
      for (const Relation& relation : one.relations)
        for (const auto& [id, row] : all[std::string(one.type)])
          if (const json& there = row[std::string(relation.name)]; find_resource(relation.type) != nullptr && there.is_string()) {
            EXPECT_TRUE(all[std::string(relation.type)].contains(there.get<std::string>()))
                << one.type << " " << id << "." << relation.name;
          }
  }
}

TEST(Users, SomeAreArchivedAndPhonesAreWrittenInManyWays) {
  Client client(sized("users", 2000));
  int archived = 0;
  std::set<std::string> notations;
  for (const json& row : client.truth("users")) {
    archived += row["archived_at"].is_string();
    if (row["archived_at"].is_string()) {
      EXPECT_LT(row["date_joined"], row["archived_at"]);
    }
    std::string form;
    for (const char c : row["phone_number"].get<std::string>()) form += c >= '0' && c <= '9' ? '9' : c;
    notations.insert(form);
  }
  EXPECT_NEAR(archived, 40, 5);
  EXPECT_EQ(notations.size(), 8u);
}

TEST(Classes, CancelledOnesHaveCancelledBookings) {
  Client client(sized("class_sessions", 300));
  const auto classes = by_id(client, "class_sessions");
  int cancelled = 0;
  for (const auto& [id, row] : classes) {
    cancelled += row["cancellation_datetime"].is_string();
    EXPECT_EQ(row["cancellation_datetime"].is_null(), row["cancelled_by_user"].is_null());
  }
  EXPECT_NEAR(cancelled, 9, 3);
  for (const json& row : client.truth("reservations"))
    if (classes.at(row["class_session"])["cancellation_datetime"].is_string()) {
      EXPECT_EQ(row["status"], "class cancelled");
    }
}

TEST(Employees, AreStaffWithOneProfileEachAndAMachineIsNobody) {
  Client client(sized("employees", 30));
  const auto users = by_id(client, "users");
  int machines = 0, off_payroll = 0;
  std::set<std::string> names;
  for (const auto& [id, row] : by_id(client, "employees")) {
    machines += row["user"].is_null();
    off_payroll += row["payroll_id"].is_null();
    if (row["user"].is_string()) {
      EXPECT_EQ(users.at(row["user"])["is_staff"], true);
    }
  }
  for (const json& row : client.truth("employee_public_profiles")) EXPECT_TRUE(names.insert(row["schedule_display_name"]).second);
  EXPECT_EQ(machines, 2);
  EXPECT_EQ(off_payroll, 5);
}

TEST(Orders, AddUpToTheirLinesAndPayments) {
  Client client(sized("orders", 300));
  client.order("reset", {{"rows", {{"orders", 300}, {"order_lines", 500}}}});
  const auto lines = by_id(client, "order_lines");
  std::map<std::string, int> statuses;
  std::set<std::string> numbers;
  int split = 0, free = 0, anonymous = 0, traps = 0;
  for (const json& order : client.truth("orders")) {
    int64_t total = 0, paid = 0, refunded = 0;
    for (const json& line : order["order_lines"]) {
      EXPECT_EQ(lines.at(line)["order"], order["id"]);
      total += cents(lines.at(line)["line_total"]);
    }
    for (const json& payment : order["payment_sources"]) paid += cents(payment["amount_allocated"]);
    for (const json& refund : order["payment_refunds"]) refunded += cents(refund["amount_refunded"]);
    EXPECT_EQ(cents(order["total"]), total) << order;
    EXPECT_EQ(paid, total) << order;
    EXPECT_EQ(refunded, cents(order["total_amount_refunded"]));
    EXPECT_EQ(cents(order["net_total"]), total - refunded);
    EXPECT_EQ(cents(order["subtotal"]) + cents(order["total_tax"]), total);
    EXPECT_EQ(cents(order["subtotal_excl_discounts"]) - cents(order["total_discount"]), cents(order["subtotal"]));
    EXPECT_EQ(order["status"], refunded == 0 ? "Completed" : refunded == total ? "Refunded" : "Partially Refunded");
    EXPECT_EQ(order["summary"].size(), order["order_lines"].size());
    ++statuses[order["status"]];
    EXPECT_TRUE(numbers.insert(order["number"]).second);
    split += order["payment_sources"].size() > 1;
    free += total == 0;
    anonymous += order["user"].is_null();
    traps += order["deferred_item_total"] != order["total"];
  }
  EXPECT_EQ(statuses.size(), 3u);
  for (const int count : {split, free, anonymous, traps}) EXPECT_GT(count, 0);
}

TEST(Orders, SellPacksAndMembershipsToTheirOwners) {
  Client client;
  const auto packs = by_id(client, "credit_transactions"), terms = by_id(client, "membership_transactions"),
             orders = by_id(client, "orders");
  const auto instances = by_id(client, "membership_instances");
  int packs_sold = 0, memberships_sold = 0;
  for (const json& line : client.truth("order_lines")) {
    const json& order = orders.at(line["order"]);
    for (const json& link : line["transaction_data"]) {
      const std::string id = std::to_string(link["transaction_id"].get<int64_t>());
      if (link["transaction_type"] == "CreditTransaction") {
        EXPECT_EQ(packs.at(id)["user"], order["user"]);
        EXPECT_EQ(packs.at(id)["transaction_datetime"], order["date_placed"]);
        ++packs_sold;
      } else {
        const json& instance = instances.at(terms.at(id)["membership_instance"]);
        EXPECT_EQ(instance["user"], order["user"]);
        EXPECT_EQ(instance["purchase_date"], order["date_placed"]);
        EXPECT_EQ(instance["membership_name"], line["title"]);
        ++memberships_sold;
      }
    }
  }
  EXPECT_EQ(packs_sold, 40);
  EXPECT_EQ(memberships_sold, 40);
}

TEST(Credits, RemainingIsOnGrantsOnly) {
  Client client;
  const auto rows = by_id(client, "credit_transactions");
  std::map<std::string, int64_t> used;
  for (const auto& [id, row] : rows) {
    EXPECT_EQ(row["remaining_credits_cache"].is_null(), row["parent_credit_transaction"].is_string());
    if (row["parent_credit_transaction"].is_null()) continue;
    ++used[row["parent_credit_transaction"]];
    EXPECT_EQ(rows.at(row["parent_credit_transaction"])["user"], row["user"]);
    EXPECT_EQ(row["transaction_amount"], -1);
  }
  for (const auto& [id, row] : rows)
    if (row["remaining_credits_cache"].is_number()) {
      EXPECT_EQ(row["remaining_credits_cache"], row["transaction_amount"].get<int64_t>() - used[id]) << id;
    }
}

TEST(Memberships, HaveEveryStatusAndDatesThatAgreeWithIt) {
  Client client(sized("membership_instances", 400));
  std::map<std::string, int> statuses;
  int notice = 0;
  for (const json& row : client.truth("membership_instances")) {
    const std::string status = row["status"];
    ++statuses[status];
    const bool over = status == "cancelled" || status == "terminated" || status == "done";
    if (over) {
      EXPECT_LE(row["end_date"], "2026-03-02") << row;
    }
    EXPECT_EQ(row["freeze_datetime"].is_string(), status == "frozen");
    EXPECT_EQ(row["start_date"].is_null(), status == "pending_customer_activation");
    EXPECT_LE(row["updated_datetime"], "2026-03-02T12:00:00Z");
    if (row["next_charge_date"].is_string()) {
      EXPECT_GT(row["next_charge_date"], "2026-03-01") << row;
    }
    notice += status == "active" && row["cancellation_datetime"].is_string();
    (void)cents(row["renewal_rate"]);
  }
  EXPECT_EQ(statuses.size(), 8u);
  EXPECT_GT(notice, 5) << "cancelled but active until the end";
}

TEST(Reservations, ArePaidForFromWhatTheirUserHas) {
  Client client;
  const auto credits = by_id(client, "credit_transactions"), terms = by_id(client, "membership_transactions");
  int own = 0, foreign = 0;
  for (const json& row : client.truth("reservations")) {
    for (const auto& [relation, rows] : {std::pair("credit_transactions", &credits), std::pair("membership_transactions", &terms)}) {
      for (const json& id : row[relation]) {
        EXPECT_LT(rows->at(id)["transaction_amount"], 0) << "a usage";
        ++(row["user"].is_null() || rows->at(id)["user"] == row["user"] ? own : foreign);
      }
    }
  }
  EXPECT_GT(own, 200);
  EXPECT_EQ(foreign, 0);
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
