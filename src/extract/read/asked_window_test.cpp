// SPDX-License-Identifier: Apache-2.0
#include "extract/read/asked_window.hpp"

#include <gtest/gtest.h>

namespace syncline::extract {
namespace {

using namespace std::chrono_literals;
using base::Timestamp;
using base::Zone;
using LocalTime = std::chrono::local_time<std::chrono::microseconds>;

constexpr std::string_view Seconds = "%Y-%m-%d %H:%M:%S", Minutes = "%Y-%m-%dT%H:%M", Hours = "%Y%m%d%H", Days = "%Y-%m-%d";

Timestamp at(std::string_view text) { return *base::parse_timestamp(text); }

config::Incremental in_format(std::string_view format) {
  config::Incremental out;
  out.from_param = "from";
  out.to_param = "to";
  out.format = format;
  return out;
}

std::string from(std::string_view instant, std::string_view zone, std::string_view format = Seconds) {
  return asked_window({.from = at(instant), .to = {}}, in_format(format), *Zone::find(zone)).from;
}
std::string to(std::string_view instant, std::string_view zone, std::string_view format = Seconds) {
  return asked_window({.from = {}, .to = at(instant)}, in_format(format), *Zone::find(zone)).to;
}

// E6: on both sides of UTC
TEST(AskedWindow, IsInLocalTimeOfTheZoneWestAndEastOfUtc) {
  EXPECT_EQ(from("2026-02-01T01:00:00Z", "America/New_York"), "2026-01-31 20:00:00");
  EXPECT_EQ(from("2026-07-01T01:00:00Z", "America/New_York"), "2026-06-30 21:00:00");
  EXPECT_EQ(from("2026-02-01T20:00:00Z", "Asia/Kolkata"), "2026-02-02 01:30:00");
  EXPECT_EQ(to("2026-07-01T20:00:00Z", "Australia/Sydney"), "2026-07-02 06:00:00");
  EXPECT_EQ(from("1969-12-31T23:59:59.5Z", "UTC"), "1969-12-31 23:59:59");
}

// E6: the connector declares the precision
TEST(AskedWindow, IsWidenedToTheStepOfItsFormat) {
  EXPECT_EQ(from("2026-02-01T12:34:56.789Z", "UTC"), "2026-02-01 12:34:56");
  EXPECT_EQ(to("2026-02-01T12:34:56.789Z", "UTC"), "2026-02-01 12:34:57");
  EXPECT_EQ(from("2026-02-01T12:34:56Z", "UTC", Minutes), "2026-02-01T12:34");
  EXPECT_EQ(to("2026-02-01T12:34:56Z", "UTC", Minutes), "2026-02-01T12:35");
  EXPECT_EQ(to("2026-02-01T12:34:00Z", "UTC", Minutes), "2026-02-01T12:34");
  EXPECT_EQ(from("2026-02-01T03:00:00Z", "America/New_York", Days), "2026-01-31");
  EXPECT_EQ(to("2026-02-01T03:00:00Z", "America/New_York", Days), "2026-02-01");
  EXPECT_EQ(to("2026-02-01T05:00:00Z", "America/New_York", Days), "2026-02-01") << "midnight in New York";
}

// E6: the hour that comes twice
TEST(AskedWindow, InTheHourThatComesTwiceItTakesInBoth) {
  EXPECT_EQ(from("2025-11-02T05:30:00Z", "America/New_York"), "2025-11-02 00:30:00") << "01:30, the first time";
  EXPECT_EQ(from("2025-11-02T06:30:00Z", "America/New_York"), "2025-11-02 01:30:00") << "01:30, the second time";
  EXPECT_EQ(to("2025-11-02T05:30:00Z", "America/New_York"), "2025-11-02 01:30:00");
  EXPECT_EQ(to("2025-11-02T06:30:00Z", "America/New_York"), "2025-11-02 02:30:00");
  EXPECT_EQ(from("2025-10-26T00:30:00Z", "Europe/Berlin"), "2025-10-26 01:30:00") << "02:30, the first time";
  EXPECT_EQ(to("2025-10-26T01:30:00Z", "Europe/Berlin"), "2025-10-26 03:30:00") << "02:30, the second time";
}

// E6: the hour that never comes
TEST(AskedWindow, AnEndIsNotRoundedIntoTheHourThatNeverComes) {
  EXPECT_EQ(to("2025-03-09T06:59:30Z", "America/New_York", Minutes), "2025-03-09T04:00") << "01:59:30, and there is no 02:00";
  EXPECT_EQ(from("2025-03-09T06:59:30Z", "America/New_York", Minutes), "2025-03-09T01:59");
  EXPECT_EQ(from("2025-03-09T07:00:00Z", "America/New_York", Minutes), "2025-03-09T03:00");
}

TEST(AskedWindow, WithoutAFormatItIsInUtc) {
  const AskedWindow asked = asked_window({.from = at("2026-02-01T12:34:56.789Z"), .to = at("2026-02-02T00:00:00Z")}, in_format(""),
                                         *Zone::find("America/New_York"));
  EXPECT_EQ(asked.from, "2026-02-01T12:34:56.789000Z");
  EXPECT_EQ(asked.to, "2026-02-02T00:00:00Z");
}

/// What a source may do with a text: compare it with its own local times as they stand, or take it for an instant, of two that it can be
/// either.
class Source {
 public:
  Source(const Zone& zone, std::string_view format, std::string_view text) : zone_(zone), local_(*base::parse_local_time(text, format)) {}

  [[nodiscard]] bool all_are_before(Timestamp record) const {
    return zone_.to_local(record) >= local_ && *zone_.to_instant(local_, Zone::Unclear::Earlier) <= record &&
           *zone_.to_instant(local_, Zone::Unclear::Later) <= record;
  }
  [[nodiscard]] bool all_are_after(Timestamp record) const {
    return zone_.to_local(record)<local_&& * zone_.to_instant(local_, Zone::Unclear::Earlier)> record &&
           *zone_.to_instant(local_, Zone::Unclear::Later) > record;
  }

 private:
  const Zone& zone_;
  const LocalTime local_;
};

// E6: over both changes of clocks, west and east of UTC, and where it is half an hour
TEST(AskedWindow, LosesNoRecordHoweverTheSourceReadsALocalTime) {
  const std::pair<const char*, const char*> changes[] = {
      {"America/New_York", "2025-03-09T07:00:00Z"},    {"America/New_York", "2025-11-02T06:00:00Z"},
      {"Europe/Berlin", "2025-03-30T01:00:00Z"},       {"Europe/Berlin", "2025-10-26T01:00:00Z"},
      {"Australia/Sydney", "2025-10-04T16:00:00Z"},    {"Australia/Sydney", "2025-04-05T16:00:00Z"},
      {"Australia/Lord_Howe", "2025-10-04T15:30:00Z"}, {"Australia/Lord_Howe", "2025-04-05T15:00:00Z"},
      {"America/Havana", "2025-03-09T05:00:00Z"},      {"America/Havana", "2025-11-02T05:00:00Z"},
  };
  const std::chrono::microseconds distances[] = {0s, 1us, 20s, 7min, 30min, 59min, 61min, 2h, 26h};
  for (const auto& [name, change] : changes) {
    const Zone zone = *Zone::find(name);
    for (const std::string_view format : {Seconds, Minutes, Hours, Days}) {
      for (Timestamp bound = at(change) - 3h; bound < at(change) + 3h; bound += 7min + 11s + 3us) {
        const AskedWindow asked = asked_window({.from = bound, .to = bound}, in_format(format), zone);
        const Source first(zone, format, asked.from), last(zone, format, asked.to);
        for (const auto distance : distances) {
          EXPECT_TRUE(first.all_are_before(bound + distance)) << name << ", from " << base::to_string(bound) << " is " << asked.from;
          EXPECT_TRUE(last.all_are_after(bound - distance - 1us)) << name << ", to " << base::to_string(bound) << " is " << asked.to;
        }
        const std::chrono::microseconds widest = *base::step_of_format(format) + 2h;
        EXPECT_GE(*asked.earliest, bound - widest) << name << ", from " << base::to_string(bound) << " is " << asked.from;
      }
    }
  }
}

}  // namespace
}  // namespace syncline::extract
