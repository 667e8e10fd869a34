// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace syncline::base {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using LocalTime = std::chrono::local_time<microseconds>;

const Zone NewYork = *Zone::find("America/New_York");

std::string instant(std::string_view text, const Zone* zone = nullptr, Zone::Unclear policy = Zone::Unclear::Refuse) {
  const Result<Timestamp> value = parse_timestamp(text, zone, policy);
  return value ? to_string(*value) : "refused: " + value.error().message;
}
bool refused(std::string_view text, const Zone* zone = nullptr) { return !parse_timestamp(text, zone); }

std::string local(std::string_view text, std::string_view format) {
  const Result<LocalTime> value = parse_local_time(text, format);
  return value ? to_string(Timestamp(value->time_since_epoch())) : "refused: " + value.error().message;
}

TEST(Timestamp, WordsOfADatabaseAreRefused) {
  for (std::string_view text : {"now", "today", "tomorrow", "yesterday", "infinity", "-infinity", "epoch", "allballs", "", " "})
    EXPECT_TRUE(refused(text, &NewYork)) << text;
}

// D9: 2024-02-30, 24:00, :60
TEST(Timestamp, DaysAndTimesThatDoNotExistAreRefused) {
  for (std::string_view text : {"2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "0000-00-00T00:00:00Z", "0000-01-01T00:00:00Z",
                                "2024-13-01T00:00:00Z", "2024-00-10T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T23:60:00Z",
                                "2024-01-01T23:59:60Z", "2024-01-01T10:00:00+24:00", "2024-01-01T10:00:00+01:60"}) {
    EXPECT_NE(instant(text).find("does not exist"), std::string::npos) << instant(text);
  }
}

TEST(Timestamp, AnythingThatIsNotIsoIsRefused) {
  for (std::string_view text : {"2024-01-01",
                                "2024-01-01T",
                                "2024-01-01T10",
                                "2024-01-01T1:00:00Z",
                                "2024-1-1T10:00:00Z",
                                "20240101T100000Z",
                                "2024-01-01T10:00:00ZZ",
                                "2024-01-01T10:00:00Z ",
                                " 2024-01-01T10:00:00Z",
                                "2024-01-01  10:00:00Z",
                                "2024-01-01T10:00:00.Z",
                                "2024-01-01T10:00:00+1",
                                "2024-01-01T10:00:00+010",
                                "2024-01-01T10:00:00+01:0",
                                "2024-01-01T10:00:00+01:",
                                "2024-01-01T10:00:00 EST",
                                "01/02/2024",
                                "1709047168",
                                "2024-01-01T10:00:00+01:00[Europe/Berlin]",
                                "12024-01-01T10:00:00Z"}) {
    EXPECT_TRUE(refused(text, &NewYork)) << text;
  }
  EXPECT_TRUE(refused(std::string_view("2024-01-01T10:00:00Z\0", 21)));
}

TEST(Timestamp, WithoutOffsetItNeedsAZone) {
  EXPECT_NE(instant("2024-01-01T10:00:00").find("has no offset"), std::string::npos);
  EXPECT_EQ(instant("2024-01-01T10:00:00", &NewYork), "2024-01-01T15:00:00Z");
  EXPECT_EQ(instant("2024-07-01 10:00", &NewYork), "2024-07-01T14:00:00Z");
}

TEST(Timestamp, AnOffsetInTheTextWinsOverTheDeclaredZone) {
  EXPECT_EQ(instant("2024-01-01T10:00:00+01:00", &NewYork), "2024-01-01T09:00:00Z");
}

TEST(Timestamp, ReadsEveryOffsetForm) {
  for (std::string_view text :
       {"2026-02-27T15:34:28Z", "2026-02-27 15:34:28Z", "2026-02-27t15:34:28z", "2026-02-27T17:34:28+02:00", "2026-02-27T17:34:28+0200",
        "2026-02-27T17:34:28+02", "2026-02-27T10:04:28-05:30", "2026-02-27T15:34:28-00:00", "2026-02-27T15:34:28.0Z"}) {
    EXPECT_EQ(instant(text), "2026-02-27T15:34:28Z") << text;
  }
}

TEST(Timestamp, AFractionIsCutNeverRoundedUp) {
  EXPECT_EQ(instant("2026-02-27T15:34:28.278681Z"), "2026-02-27T15:34:28.278681Z");
  EXPECT_EQ(instant("2026-02-27T15:34:28.123456789Z"), "2026-02-27T15:34:28.123456Z");
  EXPECT_EQ(instant("2026-02-27T23:59:59.9999999Z"), "2026-02-27T23:59:59.999999Z");
  EXPECT_EQ(instant("1969-12-31T23:59:59.9999999Z"), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(instant("2026-02-27T15:34:28.5Z"), "2026-02-27T15:34:28.500000Z");
}

TEST(Timestamp, YearsGoFromOneToNineThousand) {
  EXPECT_EQ(instant("0001-01-01T00:00:00Z"), "0001-01-01T00:00:00Z");
  EXPECT_EQ(instant("9999-12-31T23:59:59.999999Z"), "9999-12-31T23:59:59.999999Z");
  EXPECT_TRUE(refused("0001-01-01T00:00:00+01:00"));
  EXPECT_TRUE(refused("9999-12-31T23:59:59-01:00"));
}

TEST(Timestamp, ItsTextReadsBackAsItself) {
  Random random(1);
  const int64_t first = parse_timestamp("0001-01-01T00:00:00Z")->time_since_epoch().count();
  const int64_t last = parse_timestamp("9999-12-31T23:59:59.999999Z")->time_since_epoch().count();
  for (int i = 0; i < 50'000; ++i) {
    const Timestamp value{microseconds(first + int64_t(random.below(uint64_t(last - first))))};
    const Result<Timestamp> again = parse_timestamp(to_string(value));
    ASSERT_TRUE(again) << to_string(value);
    ASSERT_EQ(*again, value) << to_string(value);
  }
}

TEST(Timestamp, ALocalTimeReadsBackInEveryZone) {
  Random random(2);
  for (std::string_view name : {"America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo",
                                "Pacific/Apia", "US/Eastern", "UTC"}) {
    const Zone zone = *Zone::find(name);
    for (int i = 0; i < 2'000; ++i) {
      const Timestamp value{microseconds(int64_t(random.below(4'000'000'000)) * 1'000'000)};  // 1970 to 2096
      const LocalTime there = zone.to_local(value);
      const Timestamp earlier = *zone.to_instant(there, Zone::Unclear::Earlier), later = *zone.to_instant(there, Zone::Unclear::Later);
      ASSERT_TRUE(earlier == value || later == value) << name << " " << to_string(value);
      ASSERT_LE(earlier, later);
    }
  }
}

TEST(Zone, AnUnknownOneNamesTheNearest) {
  EXPECT_EQ(Zone::find("America/Chicgo").error().message, "\"America/Chicgo\" is not a time zone, did you mean \"America/Chicago\"?");
  EXPECT_EQ(exit_code_of(Zone::find("").error()), exit_code::Usage);
  EXPECT_FALSE(Zone::find("../../etc/passwd"));
}

TEST(Zone, LegacyNamesAreKnown) {
  const Zone eastern = *Zone::find("US/Eastern");
  EXPECT_EQ(instant("2024-07-01T10:00:00", &eastern), "2024-07-01T14:00:00Z");
}

TEST(Zone, TheHourThatDoesNotExistIsRefusedUnlessAPolicySaysWhichIsMeant) {
  EXPECT_EQ(instant("2024-03-10T02:30:00", &NewYork),
            "refused: 2024-03-10T02:30:00 does not exist (clocks went forward) in America/New_York; say with `unclear: earlier` or `later` "
            "which is meant");
  EXPECT_EQ(instant("2024-03-10T02:30:00", &NewYork, Zone::Unclear::Earlier), "2024-03-10T06:30:00Z");
  EXPECT_EQ(instant("2024-03-10T02:30:00", &NewYork, Zone::Unclear::Later), "2024-03-10T07:30:00Z");
  EXPECT_EQ(instant("2024-03-10T01:59:59", &NewYork), "2024-03-10T06:59:59Z");
  EXPECT_EQ(instant("2024-03-10T03:00:00", &NewYork), "2024-03-10T07:00:00Z");
}

TEST(Zone, TheHourThatExistsTwiceIsRefusedUnlessAPolicySaysWhichIsMeant) {
  EXPECT_NE(instant("2024-11-03T01:30:00", &NewYork).find("exists twice"), std::string::npos);
  EXPECT_EQ(instant("2024-11-03T01:30:00", &NewYork, Zone::Unclear::Earlier), "2024-11-03T05:30:00Z");
  EXPECT_EQ(instant("2024-11-03T01:30:00", &NewYork, Zone::Unclear::Later), "2024-11-03T06:30:00Z");
}

TEST(Zone, SummersAfterTheLastListedYearAreStillSummers) {
  EXPECT_EQ(instant("2036-07-01T10:00:00", &NewYork), "2036-07-01T14:00:00Z");
  EXPECT_EQ(instant("2040-07-01T10:00:00", &NewYork), "2040-07-01T14:00:00Z");
  EXPECT_EQ(instant("2040-01-01T10:00:00", &NewYork), "2040-01-01T15:00:00Z");
  EXPECT_EQ(instant("2099-03-08T03:00:00", &NewYork), "2099-03-08T07:00:00Z");  // the second Sunday of March
  EXPECT_EQ(instant("2040-02-29T10:00:00", &NewYork), "2040-02-29T15:00:00Z");
  EXPECT_EQ(to_string(Timestamp(NewYork.to_local(*parse_timestamp("2040-07-01T14:00:00Z")).time_since_epoch())), "2040-07-01T10:00:00Z");
}

TEST(Date, IsExactlyADate) {
  EXPECT_EQ(to_string(*parse_date("2024-02-29")), "2024-02-29");
  for (std::string_view text :
       {"", "2023-02-29", "2024-02-30", "0000-00-00", "2024-2-1", "2024-02-27T15:34:28Z", "2024-02-27 ", "01/02/2024", "today", "20240227"})
    EXPECT_FALSE(parse_date(text)) << text;
}

TEST(Date, ItsTextReadsBackAsItself) {
  for (Date day = *parse_date("0001-01-01"); day <= *parse_date("9999-12-31"); day += std::chrono::days(17))
    ASSERT_EQ(*parse_date(to_string(day)), day);
}

TEST(TimeOfDay, ReadsHoursMinutesAndFractions) {
  EXPECT_EQ(time_of_day_to_string(*parse_time_of_day("09:30")), "09:30:00");
  EXPECT_EQ(time_of_day_to_string(*parse_time_of_day("23:59:59.25")), "23:59:59.250000");
  for (std::string_view text : {"", "24:00", "9:30", "09:60", "09:30:60", "09:30:00Z", "09", "0930", "noon", "09:30pm"})
    EXPECT_FALSE(parse_time_of_day(text)) << text;
}

TEST(TimeOfDay, ItsTextReadsBackAsItself) {
  Random random(4);
  for (int i = 0; i < 20'000; ++i) {
    const microseconds value(int64_t(random.below(86'400'000'000)));
    ASSERT_EQ(*parse_time_of_day(time_of_day_to_string(value)), value);
  }
}

TEST(DeclaredFormat, EverythingMustMatch) {
  EXPECT_EQ(local("01/02/2024", "%m/%d/%Y"), "2024-01-02T00:00:00Z");
  EXPECT_EQ(local("01/02/2024", "%d/%m/%Y"), "2024-02-01T00:00:00Z");
  EXPECT_EQ(local("1/2/2024", "%m/%d/%Y"), "2024-01-02T00:00:00Z");
  EXPECT_EQ(local("02/30/2024", "%m/%d/%Y"), "refused: \"02/30/2024\" is a day that does not exist (format %m/%d/%Y)");
  for (std::string_view text :
       {"13/01/2024", "1/2/24", "01-02-2024", "01/02/2024 ", " 01/02/2024", "01/02/2024 10:00", "", "now", "00/01/2024"}) {
    EXPECT_FALSE(parse_local_time(text, "%m/%d/%Y")) << text;
  }
}

TEST(DeclaredFormat, ReadsTwelveHourClocksMonthNamesAndShortYears) {
  EXPECT_EQ(local("Feb 27, 2026 3:34 PM", "%b %d, %Y %I:%M %p"), "2026-02-27T15:34:00Z");
  EXPECT_EQ(local("february 27, 2026 12:00 am", "%b %d, %Y %I:%M %p"), "2026-02-27T00:00:00Z");
  EXPECT_EQ(local("27.02.26 12:34:56", "%d.%m.%y %H:%M:%S"), "2026-02-27T12:34:56Z");
  EXPECT_EQ(local("27.02.69", "%d.%m.%y"), "1969-02-27T00:00:00Z");
  EXPECT_EQ(local("20260227", "%Y%m%d"), "2026-02-27T00:00:00Z");
  EXPECT_EQ(local("100% 2026-02-27", "100%% %Y-%m-%d"), "2026-02-27T00:00:00Z");
  EXPECT_FALSE(parse_local_time("Feb 27, 2026 13:34 PM", "%b %d, %Y %I:%M %p"));
  EXPECT_FALSE(parse_local_time("2026-02-27 24:00", "%Y-%m-%d %H:%M"));
  EXPECT_FALSE(parse_local_time("2026-02-27 23:59:60", "%Y-%m-%d %H:%M:%S"));
}

TEST(DeclaredFormat, AFormatThatCannotNameADayIsTheFilesError) {
  for (std::string_view format : {"%Q", "%", "%H", "%Y-%m-%d %I"}) {
    const Result<LocalTime> value = parse_local_time("2026-02-27 10", format);
    EXPECT_FALSE(value) << format;
  }
  EXPECT_EQ(parse_local_time("2", "%Q").error().kind, ErrorKind::BadConfig);
  EXPECT_EQ(parse_local_time("10", "%H").error().kind, ErrorKind::BadConfig);
  EXPECT_EQ(parse_local_time("2026-02-27 10", "%Y-%m-%d %I").error().kind, ErrorKind::BadConfig);
}

TEST(DeclaredFormat, WritesWhatItReads) {
  const LocalTime time = *parse_local_time("2026-02-07 00:04:09", "%Y-%m-%d %H:%M:%S");
  EXPECT_EQ(to_string(time, "%Y-%m-%d %H:%M:%S"), "2026-02-07 00:04:09");
  EXPECT_EQ(to_string(time, "%b %d, %Y %I:%M %p"), "Feb 07, 2026 12:04 AM");
  EXPECT_EQ(to_string(time + 13h, "%d.%m.%Y %I:%M:%S%p, 100%%"), "07.02.2026 01:04:09PM, 100%");
  EXPECT_EQ(to_string(time + 12h, "%I %p"), "12 PM");
  EXPECT_EQ(to_string(*parse_local_time("1969-12-31 23:59", "%Y-%m-%d %H:%M"), "%Y%m%d%H%M%S"), "19691231235900");
}

TEST(DeclaredFormat, ItsStepIsTheFinestPartThatItNames) {
  EXPECT_EQ(*step_of_format("%Y-%m-%d %H:%M:%S"), 1s);
  EXPECT_EQ(*step_of_format("%d %b %Y, %I:%M %p"), 1min);
  EXPECT_EQ(*step_of_format("%Y-%m-%dT%H"), 1h);
  EXPECT_EQ(*step_of_format("%m/%d/%Y %%"), 24h);
}

TEST(DeclaredFormat, WhatDoesNotNameOneTimeHasNoStep) {
  for (std::string_view format : {"", "%Q", "%Y-%m-%d %", "%H:%M", "%Y-%m", "%d.%m.%y", "%Y-%m-%d %I:%M", "%Y-%m-%d %H %p", "%Y-%m-%d %M",
                                  "%Y-%m-%d %H:%S", "2026-02-07"}) {
    const auto step = step_of_format(format);
    ASSERT_FALSE(step) << format;
    EXPECT_EQ(step.error().kind, ErrorKind::BadConfig) << format;
  }
}

TEST(HttpDate, ReadsTheThreeForms) {
  const std::chrono::sys_seconds expected = std::chrono::sys_days(std::chrono::year(1994) / 11 / 6) + 8h + 49min + 37s;
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), expected);
}

TEST(HttpDate, AnythingElseIsNone) {
  for (std::string_view text : {"", "120", "Sun, 06 Nov 1994 08:49:37", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
                                "Sun, 06 Nov 1994 25:49:37 GMT", "Xyz, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 EST",
                                "Sun, 06 Abc 1994 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT, Mon"}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
}

TEST(Duration, HasAUnit) {
  EXPECT_EQ(*parse_duration("500ms"), 500ms);
  EXPECT_EQ(*parse_duration("3s"), 3s);
  EXPECT_EQ(*parse_duration("5m"), 5min);
  EXPECT_EQ(*parse_duration("2h"), 2h);
  EXPECT_EQ(*parse_duration("1d"), 24h);
  EXPECT_EQ(*parse_duration("0s"), 0ms);
  for (std::string_view text : {"", "5", "s", "-5s", "1.5h", "5 m", "5min", "99999999999999999999s", "4294967295d", "5M", " 5m", "5m "})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, IsShownForPeople) {
  EXPECT_EQ(duration_for_people(14'800ms), "14.8 s");
  EXPECT_EQ(duration_for_people(-5ms), "0.0 s");
  EXPECT_EQ(duration_for_people(59'940ms), "59.9 s");
  EXPECT_EQ(duration_for_people(59'960ms), "1 min 00 s");
  EXPECT_EQ(duration_for_people(125s), "2 min 05 s");
  EXPECT_EQ(duration_for_people(3h + 5min), "3 h 05 min");
  EXPECT_EQ(duration_for_people(51h), "2 d 03 h");
}

}  // namespace
}  // namespace syncline::base
