// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "transform/fixtures/sample.hpp"

namespace syncline::transform {
namespace {

using record::Column;
using record::ColumnType;
using record::Value;
using sample::code;
using sample::made;

const Column Instant = sample::column("x", ColumnType::Timestamp);
const Column Local = sample::column("x", ColumnType::LocalTimestamp);
const Column Day = sample::column("x", ColumnType::Date);
const Column Clock = sample::column("x", ColumnType::Time);

config::FieldMapping plain() { return sample::field("x", {"x"}); }
config::FieldMapping in_new_york(std::string format = "") {
  config::FieldMapping field = plain();
  field.zone = *base::Zone::find("America/New_York");
  field.format = std::move(format);
  return field;
}

// D8: now, today, infinity, epoch
TEST(TimestampCell, WordsOfADatabaseNeverReachIt) {
  for (const Column& column : {Instant, Local, Day, Clock}) {
    for (std::string_view word : {"now", "today", "tomorrow", "yesterday", "infinity", "-infinity", "epoch", "allballs"}) {
      EXPECT_EQ(code(in_new_york(), column, Value::text(word)), "not_a_time") << word;
    }
  }
}

TEST(TimestampCell, DaysThatDoNotExistAreRefused) {
  for (std::string_view text :
       {"2024-02-30T00:00:00Z", "0000-00-00 00:00:00", "2024-01-01T24:00:00Z", "2024-01-01T23:59:60Z", "01/02/2024"}) {
    EXPECT_EQ(code(in_new_york(), Instant, Value::text(text)), "not_a_time") << text;
  }
}

TEST(TimestampCell, ANumberIsNoTime) {
  EXPECT_EQ(made(plain(), Instant, Value::number("1709047168")),
            "not_a_time: `x` is a number (1709047168), not the text of a point in time");
}

TEST(TimestampCell, WithoutOffsetItNeedsADeclaredZone) {
  EXPECT_EQ(code(plain(), Instant, Value::text("2024-07-01 10:00:00")), "not_a_time");
  EXPECT_EQ(made(in_new_york(), Instant, Value::text("2024-07-01 10:00:00")), "timestamp 2024-07-01T14:00:00Z");
  EXPECT_EQ(made(in_new_york(), Instant, Value::text("2024-07-01T10:00:00Z")), "timestamp 2024-07-01T10:00:00Z");
}

// D10: local times in the gap and the overlap
TEST(TimestampCell, TheGapAndTheOverlapGoByPolicy) {
  config::FieldMapping field = in_new_york();
  EXPECT_EQ(code(field, Instant, Value::text("2024-03-10 02:30:00")), "unclear_time");
  EXPECT_EQ(code(field, Instant, Value::text("2024-11-03 01:30:00")), "unclear_time");
  field.unclear = base::Zone::Unclear::Later;
  EXPECT_EQ(made(field, Instant, Value::text("2024-03-10 02:30:00")), "timestamp 2024-03-10T07:30:00Z");
  EXPECT_EQ(made(field, Instant, Value::text("2024-11-03 01:30:00")), "timestamp 2024-11-03T06:30:00Z");
}

// D11: nanoseconds are never rounded up
TEST(TimestampCell, NanosecondsAreCut) {
  EXPECT_EQ(made(plain(), Instant, Value::text("2024-07-01T10:00:00.123456789Z")), "timestamp 2024-07-01T10:00:00.123456Z");
}

// D9: 01/02/2024 by its declared format
TEST(TimestampCell, ADeclaredFormatIsReadInItsZone) {
  EXPECT_EQ(made(in_new_york("%m/%d/%Y %I:%M %p"), Instant, Value::text(" 01/02/2024 3:04 PM ")), "timestamp 2024-01-02T20:04:00Z");
  EXPECT_EQ(code(in_new_york("%m/%d/%Y"), Instant, Value::text("13/02/2024")), "not_a_time");
  config::FieldMapping without_zone = plain();
  without_zone.format = "%m/%d/%Y";
  EXPECT_NE(sample::objection(without_zone, Instant).find("declare their `zone:`"), std::string::npos);
}

TEST(LocalTimestampCell, ShowsTheDeclaredZonesWallClock) {
  EXPECT_EQ(made(in_new_york(), Local, Value::text("2024-07-01T14:00:00Z")), "local 2024-07-01T10:00:00");
  EXPECT_EQ(made(in_new_york(), Local, Value::text("2024-07-01T14:00:00+02:00")), "local 2024-07-01T08:00:00");
  EXPECT_EQ(made(in_new_york(), Local, Value::text("2024-07-01 10:00:00")), "local 2024-07-01T10:00:00");
  EXPECT_EQ(made(in_new_york(), Local, Value::text("2024-03-10 02:30:00")), "local 2024-03-10T02:30:00")
      << "stored as it was sent, nothing to decide";
}

TEST(LocalTimestampCell, NeedsADeclaredZone) {
  EXPECT_EQ(sample::objection(plain(), Local),
            "entities/things.yaml:7:3: `x`: is a timestamp without time zone; declare with `zone:` whose wall clock it shows");
}

// rule 18: a day needs a zone
TEST(DateCell, APointInTimeHasADayOnlyInADeclaredZone) {
  EXPECT_EQ(made(plain(), Day, Value::text("2024-07-02T02:00:00Z")),
            "needs_zone: `x` is \"2024-07-02T02:00:00Z\", which is a point in time; its day depends on where: declare `zone:`");
  EXPECT_EQ(made(in_new_york(), Day, Value::text("2024-07-02T02:00:00Z")), "date 2024-07-01");
  EXPECT_EQ(made(in_new_york(), Day, Value::text("2024-07-02T02:00:00")), "date 2024-07-02");
  EXPECT_EQ(made(in_new_york(), Day, Value::text("2024-07-02")), "date 2024-07-02");
}

TEST(DateCell, IsReadInADeclaredFormat) {
  config::FieldMapping field = plain();
  field.format = "%d.%m.%Y";
  EXPECT_EQ(made(field, Day, Value::text("27.02.2026")), "date 2026-02-27");
  EXPECT_EQ(code(field, Day, Value::text("2026-02-27")), "not_a_time");
}

TEST(DateCell, BeforeTheEpochItIsStillTheRightDay) {
  EXPECT_EQ(made(in_new_york(), Day, Value::text("1969-12-31T23:00:00Z")), "date 1969-12-31");
  EXPECT_EQ(made(in_new_york(), Day, Value::text("1950-01-01T02:00:00Z")), "date 1949-12-31");
}

TEST(DateCell, DaysThatDoNotExistAreRefused) {
  for (std::string_view text : {"2024-02-30", "0000-00-00", "2023-02-29"})
    EXPECT_EQ(code(plain(), Day, Value::text(text)), "not_a_time") << text;
}

TEST(TimeCell, IsATimeOfDay) {
  EXPECT_EQ(made(plain(), Clock, Value::text("09:30")), "time 09:30:00");
  EXPECT_EQ(code(plain(), Clock, Value::text("24:00")), "not_a_time");
}

TEST(TimeCell, APointInTimeHasATimeOfDayOnlyInADeclaredZone) {
  EXPECT_EQ(made(plain(), Clock, Value::text("2024-07-02T02:00:00Z")),
            "needs_zone: `x` is \"2024-07-02T02:00:00Z\", which is a point in time; what time it is depends on where: declare `zone:`");
  EXPECT_EQ(made(in_new_york(), Clock, Value::text("2024-07-02T02:00:00Z")), "time 22:00:00");
  EXPECT_EQ(made(in_new_york(), Clock, Value::text("2024-01-02T02:00:00.5Z")), "time 21:00:00.500000");
  EXPECT_EQ(made(in_new_york(), Clock, Value::text("1969-12-31T23:00:00Z")), "time 18:00:00");
  EXPECT_EQ(made(in_new_york(), Clock, Value::text("02:00:00")), "time 02:00:00");
  EXPECT_EQ(code(in_new_york(), Clock, Value::text("2024-13-02T02:00:00Z")), "not_a_time");
}

// What is on in London at half past midnight is another day's class in Dallas: each record may name its own zone.
TEST(DateCell, TheZoneMayBeNamedByTheRecord) {
  config::FieldMapping field = plain();
  field.zone_from = sample::source({"zone"});
  const auto in = [&](const Column& column, const Value& zone, std::string_view text = "2024-07-02T02:00:00Z") {
    return made(field, column, {{"x", Value::text(text)}, {"zone", zone}});
  };
  EXPECT_EQ(in(Day, Value::text("US/Eastern")), "date 2024-07-01");
  EXPECT_EQ(in(Clock, Value::text(" Europe/London ")), "time 03:00:00");
  EXPECT_EQ(in(Local, Value::text("UTC")), "local 2024-07-02T02:00:00");
  EXPECT_EQ(in(Day, Value::text("US/Eastern"), "2024-07-02"), "date 2024-07-02");
  EXPECT_EQ(in(Day, Value::null()), "missing_zone: `x` has no zone: `zone` is empty");
  EXPECT_EQ(in(Day, Value::text("Mars/Base")).substr(0, 12), "unknown_zone");
  EXPECT_EQ(made(field, Day, Value::text("2024-07-02T02:00:00Z")), "missing_zone: `x` has no zone: `zone` is absent");
}

}  // namespace
}  // namespace syncline::transform
