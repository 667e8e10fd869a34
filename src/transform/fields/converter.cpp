// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/converter.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"

namespace syncline::transform {
using config::FieldMapping;
using config::Reads;
using config::Writes;
using record::Cell;
using record::Column;
using record::Value;

std::string canonical(const Cell& cell) {
  switch (cell.type) {
    case Cell::Type::Boolean:
      return cell.integer() ? "true" : "false";
    case Cell::Type::Integer:
      return std::to_string(cell.integer());
    case Cell::Type::Timestamp:
      return base::to_string(base::Timestamp(std::chrono::microseconds(cell.integer())));
    case Cell::Type::LocalTimestamp: {
      std::string text = base::to_string(base::Timestamp(std::chrono::microseconds(cell.integer())));
      text.pop_back();  // the Z: this is local
      return text;
    }
    case Cell::Type::Date:
      return base::to_string(base::Date(std::chrono::days(cell.integer())));
    case Cell::Type::Time:
      return base::time_of_day_to_string(std::chrono::microseconds(cell.integer()));
    case Cell::Type::Decimal:
    case Cell::Type::Text:
    case Cell::Type::Json:
      return std::string(cell.text());
    case Cell::Type::Null:
    case Cell::Type::Keep:
      break;
  }
  return {};
}

tl::expected<Converter, std::string> Converter::create(const FieldMapping& field, const Column& column, size_t& hints) {
  const auto conversion = config::conversion(field, column);
  if (!conversion) return tl::unexpected(conversion.error());
  Converter converter;
  converter.field_ = field;
  converter.column_ = column;
  converter.reads_ = conversion->reads;
  converter.writes_ = conversion->writes;
  if (field.currency_from) converter.currency_ = Lookup(*field.currency_from, hints);
  if (field.zone_from) converter.zone_ = Lookup(*field.zone_from, hints);
  return converter;
}

Made Converter::convert(const Value& value, Work& work) const {
  Made cell = read(value, work);
  if (!cell || writes_ == Writes::AsRead) return cell;
  return write(*cell, {field_, column_, work.arena});
}

Made Converter::read(const Value& value, Work& work) const {
  const auto where = zone(work);
  if (!where) return tl::unexpected(where.error());
  const Making making{field_, column_, work.arena, *where};
  switch (reads_) {
    case Reads::Text:
      return make_text(value, making);
    case Reads::Other:
      return make_other(value, making);
    case Reads::Email:
      return make_email(value, making);
    case Reads::Phone:
      return make_phone(value, making);
    case Reads::Uuid:
      return make_uuid(value, making);
    case Reads::Json:
      return make_json(value, making);
    case Reads::Boolean:
      return make_boolean(value, making);
    case Reads::Integer:
      return make_integer(value, making);
    case Reads::Decimal:
      return make_decimal(value, making);
    case Reads::Money: {
      const auto places = exponent(work);
      return places ? make_money(value, making, *places) : tl::unexpected(places.error());
    }
    case Reads::Timestamp:
      return make_timestamp(value, making);
    case Reads::LocalTimestamp:
      return make_local_timestamp(value, making);
    case Reads::Date:
      return make_date(value, making);
    case Reads::Time:
      return make_time(value, making);
  }
  return Cell::null();
}

Made Converter::write(const Cell& cell, const Making& making) const {
  switch (writes_) {
    case Writes::AsRead:
      return cell;
    case Writes::Text:
      return checked_text(making.arena.copy(canonical(cell)), column_);
    case Writes::Integer:
      return Cell::of(cell.integer());
    case Writes::Decimal:
      return make_decimal(Value::number(making.arena.copy(canonical(cell))), making);
    case Writes::Json:
      return make_json(Value::text(cell.text()), making);
  }
  return cell;
}

/// Only where no currency is declared at all are two places assumed; one that should be there and is not would make the amount a guess.
tl::expected<int, Refusal> Converter::exponent(Work& work) const {
  if (!field_.currency_from) return field_.currency.empty() ? 2 : *base::currency_exponent(field_.currency);
  const Value code = currency_.find(work.record, work.hints);
  if (says_nothing(code)) {
    if (!field_.currency.empty()) return *base::currency_exponent(field_.currency);
    return refuse("missing_currency", fmt::format(" has no currency: `{}` is {}", currency_.names(), code.absent() ? "absent" : "empty"));
  }
  const std::optional<int> places = base::currency_exponent(base::trim(code.text()));
  if (!places)
    return refuse("unknown_currency", fmt::format(" is in \"{}\", which is not a currency of ISO 4217", base::shown(code.text(), 20)));
  return *places;
}

/// A day in a zone that is guessed would be right for most of the records, which is worse than none.
tl::expected<std::optional<base::Zone>, Refusal> Converter::zone(Work& work) const {
  if (!field_.zone_from) return field_.zone;
  const Value name = zone_.find(work.record, work.hints);
  if (says_nothing(name)) {
    return refuse("missing_zone", fmt::format(" has no zone: `{}` is {}", zone_.names(), name.absent() ? "absent" : "empty"));
  }
  const base::Result<base::Zone> found = base::Zone::find(base::trim(name.text()));
  if (!found) return refuse("unknown_zone", found.error());
  return std::optional(*found);
}

}  // namespace syncline::transform
