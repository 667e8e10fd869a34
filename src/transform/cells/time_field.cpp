// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "transform/cells/cell.hpp"

namespace syncline::transform {
namespace {

using base::Result;
using base::Timestamp;
using record::Cell;
using record::Value;
using LocalTime = std::chrono::local_time<std::chrono::microseconds>;

tl::unexpected<Refusal> not_text(const Value& value, std::string_view wanted) {
  return refuse("not_a_time",
                fmt::format(" is {} ({}), not the text of {}", record::name_of(value.type()), base::shown(value.text(), 80), wanted));
}

tl::unexpected<Refusal> refuse_time(const base::Error& error) { return refuse(error.code, error); }

/// Whether a timestamp's text says its offset: a sign or a Z behind the date.
bool has_offset(std::string_view text) { return text.size() > 10 && text.find_first_of("Zz+-", 10) != std::string_view::npos; }

/// The wall clock of a text without offset, whether or not that hour exists in any zone.
Result<LocalTime> wall_clock(std::string_view text) {
  const base::Zone utc = base::Zone::utc();
  return utc.to_local(TRY(base::parse_timestamp(text, &utc)));
}

/// The instant, in the declared format if there is one (bind has seen to it that a format comes with a zone).
Result<Timestamp> instant_of(std::string_view text, const Making& making) {
  const config::FieldMapping& field = making.field;
  const base::Zone* zone = making.zone ? &*making.zone : nullptr;
  if (field.format.empty() || !zone) return base::parse_timestamp(text, zone, field.unclear);
  return zone->to_instant(TRY(base::parse_local_time(text, field.format)), field.unclear);
}

Result<LocalTime> local_time_of(std::string_view text, const Making& making) {
  if (!making.field.format.empty()) return base::parse_local_time(text, making.field.format);
  if (!has_offset(text)) return wall_clock(text);
  return making.zone->to_local(TRY(base::parse_timestamp(text)));
}

Result<base::Date> date_of(std::string_view text, const Making& making) {
  if (text.size() == 10 && making.field.format.empty()) return base::parse_date(text);
  if (!making.field.format.empty() || making.zone)
    return base::Date(std::chrono::floor<std::chrono::days>(TRY(local_time_of(text, making))).time_since_epoch());
  return base::parse_date(text);
}

}  // namespace

Made make_timestamp(const Value& value, const Making& making) {
  if (!value.is(Value::Type::Text)) return not_text(value, "a point in time");
  const Result<Timestamp> instant = instant_of(base::trim(value.text()), making);
  if (!instant) return refuse_time(instant.error());
  return Cell::of(*instant);
}

Made make_local_timestamp(const Value& value, const Making& making) {
  if (!value.is(Value::Type::Text)) return not_text(value, "a point in time");
  const Result<LocalTime> local = local_time_of(base::trim(value.text()), making);
  if (!local) return refuse_time(local.error());
  return Cell{Cell::Type::LocalTimestamp, local->time_since_epoch().count(), {}};
}

Made make_date(const Value& value, const Making& making) {
  if (!value.is(Value::Type::Text)) return not_text(value, "a date");
  const std::string_view text = base::trim(value.text());
  const Result<base::Date> date = date_of(text, making);
  if (date) return Cell::date(date->time_since_epoch().count());
  if (!making.zone && base::parse_timestamp(text)) {
    return refuse_value("needs_zone", value, "is a point in time; its day depends on where: declare `zone:`");
  }
  return refuse_time(date.error());
}

/// A time of day, or that of a point in time where the studio is.
Made make_time(const Value& value, const Making& making) {
  if (!value.is(Value::Type::Text)) return not_text(value, "a time of day");
  const std::string_view text = base::trim(value.text());
  const Result<std::chrono::microseconds> time = base::parse_time_of_day(text);
  if (time) return Cell{Cell::Type::Time, time->count(), {}};
  if (making.zone) {
    if (const Result<LocalTime> local = local_time_of(text, making)) {
      return Cell{Cell::Type::Time, (*local - std::chrono::floor<std::chrono::days>(*local)).count(), {}};
    }
  } else if (base::parse_timestamp(text)) {
    return refuse_value("needs_zone", value, "is a point in time; what time it is depends on where: declare `zone:`");
  }
  return refuse_time(time.error());
}

}  // namespace syncline::transform
