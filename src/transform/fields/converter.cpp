// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/converter.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"

namespace syncline::transform {
namespace {

using config::FieldMapping;
using config::FieldType;
using record::Cell;
using record::Column;
using record::ColumnType;
using record::Value;

std::string_view word_for(FieldType type) {
  switch (type) {
    case FieldType::FromColumn:
      return "";
    case FieldType::Text:
      return "text";
    case FieldType::Integer:
      return "integer";
    case FieldType::Decimal:
      return "decimal";
    case FieldType::Money:
      return "money";
    case FieldType::Boolean:
      return "boolean";
    case FieldType::Timestamp:
      return "timestamp";
    case FieldType::Date:
      return "date";
    case FieldType::Time:
      return "time";
    case FieldType::Json:
      return "json";
    case FieldType::Uuid:
      return "uuid";
    case FieldType::Email:
      return "email";
  }
  return "";
}

std::string type_text(const Column& column) {
  if (!column.declared.empty()) return column.declared;
  switch (column.type) {
    case ColumnType::Text:
      return "text";
    case ColumnType::Integer:
      return "integer";
    case ColumnType::Decimal:
      return "decimal";
    case ColumnType::Real:
      return "float";
    case ColumnType::Boolean:
      return "boolean";
    case ColumnType::Timestamp:
      return "timestamp";
    case ColumnType::LocalTimestamp:
      return "timestamp without time zone";
    case ColumnType::Date:
      return "date";
    case ColumnType::Time:
      return "time";
    case ColumnType::Json:
      return "json";
    case ColumnType::Jsonb:
      return "jsonb";
    case ColumnType::Uuid:
      return "uuid";
    case ColumnType::Other:
      return "of a type of its own";
  }
  return "";
}

bool is_text(ColumnType type) { return type == ColumnType::Text || type == ColumnType::Other; }
bool is_json(ColumnType type) { return type == ColumnType::Json || type == ColumnType::Jsonb; }

/// A cell that is no text, in its canonical notation.
std::string canonical(const Cell& cell) {
  switch (cell.type) {
    case Cell::Type::Boolean:
      return cell.integer ? "true" : "false";
    case Cell::Type::Integer:
      return std::to_string(cell.integer);
    case Cell::Type::Timestamp:
      return base::to_string(base::Timestamp(std::chrono::microseconds(cell.integer)));
    case Cell::Type::LocalTimestamp: {
      std::string text = base::to_string(base::Timestamp(std::chrono::microseconds(cell.integer)));
      text.pop_back();  // the Z: this is local
      return text;
    }
    case Cell::Type::Date:
      return base::to_string(base::Date(std::chrono::days(cell.integer)));
    case Cell::Type::Time:
      return base::time_of_day_to_string(std::chrono::microseconds(cell.integer));
    case Cell::Type::Decimal:
    case Cell::Type::Text:
    case Cell::Type::Json:
      return std::string(cell.text);
    case Cell::Type::Null:
    case Cell::Type::Keep:
      break;
  }
  return {};
}

bool reads_a_number(FieldType type) { return type == FieldType::Money || type == FieldType::Decimal; }

}  // namespace

Converter::Reads Converter::reads_of(const FieldMapping& field, const Column& column) {
  switch (field.type) {
    case FieldType::Text:
      return Reads::Text;
    case FieldType::Integer:
      return Reads::Integer;
    case FieldType::Decimal:
      return Reads::Decimal;
    case FieldType::Money:
      return Reads::Money;
    case FieldType::Boolean:
      return Reads::Boolean;
    case FieldType::Timestamp:
      return column.type == ColumnType::LocalTimestamp ? Reads::LocalTimestamp : Reads::Timestamp;
    case FieldType::Date:
      return Reads::Date;
    case FieldType::Time:
      return Reads::Time;
    case FieldType::Json:
      return Reads::Json;
    case FieldType::Uuid:
      return Reads::Uuid;
    case FieldType::Email:
      return Reads::Email;
    case FieldType::FromColumn:
      break;
  }
  switch (column.type) {
    case ColumnType::Text:
      return Reads::Text;
    case ColumnType::Integer:
      return Reads::Integer;
    case ColumnType::Decimal:
    case ColumnType::Real:
      return Reads::Decimal;
    case ColumnType::Boolean:
      return Reads::Boolean;
    case ColumnType::Timestamp:
      return Reads::Timestamp;
    case ColumnType::LocalTimestamp:
      return Reads::LocalTimestamp;
    case ColumnType::Date:
      return Reads::Date;
    case ColumnType::Time:
      return Reads::Time;
    case ColumnType::Json:
    case ColumnType::Jsonb:
      return Reads::Json;
    case ColumnType::Uuid:
      return Reads::Uuid;
    case ColumnType::Other:
      return Reads::Other;
  }
  return Reads::Text;
}

std::optional<Converter::Writes> Converter::writes_of(Reads reads, ColumnType column) {
  const auto if_column = [&](bool fits, Writes writes = Writes::AsRead) { return fits ? std::optional(writes) : std::nullopt; };
  // Every type has a canonical text; only what is text by itself goes into a column of a type we do not know unchanged.
  const bool own_text = reads == Reads::Text || reads == Reads::Other || reads == Reads::Email || reads == Reads::Uuid;
  if (is_text(column)) return own_text ? Writes::AsRead : Writes::Text;
  switch (reads) {
    case Reads::Text:
    case Reads::Other:
    case Reads::Email:
      return if_column(is_json(column), Writes::Json);
    case Reads::Uuid:
      return if_column(column == ColumnType::Uuid);
    case Reads::Json:
      return if_column(is_json(column));
    case Reads::Boolean:
      return column == ColumnType::Integer ? Writes::Integer : if_column(column == ColumnType::Boolean);
    case Reads::Integer:
      return column == ColumnType::Decimal ? Writes::Decimal : if_column(column == ColumnType::Integer);
    case Reads::Decimal:
      return if_column(column == ColumnType::Decimal || column == ColumnType::Real);
    case Reads::Money:
      return if_column(column == ColumnType::Decimal || column == ColumnType::Integer);
    case Reads::Timestamp:
      return if_column(column == ColumnType::Timestamp);
    case Reads::LocalTimestamp:
      return if_column(column == ColumnType::LocalTimestamp);
    case Reads::Date:
      return if_column(column == ColumnType::Date);
    case Reads::Time:
      return if_column(column == ColumnType::Time);
  }
  return std::nullopt;
}

tl::expected<Converter, std::string> Converter::create(const FieldMapping& field, const Column& column, size_t& hints) {
  if (column.type == ColumnType::Real && reads_a_number(field.type)) {
    return tl::unexpected(fmt::format("{} would not be exact in a {} column; make it numeric", word_for(field.type), type_text(column)));
  }
  Converter converter;
  converter.field_ = field;
  converter.column_ = column;
  converter.reads_ = reads_of(field, column);
  const std::optional<Writes> writes = writes_of(converter.reads_, column.type);
  if (!writes) return tl::unexpected(fmt::format("type {} cannot go into a column that is {}", word_for(field.type), type_text(column)));
  converter.writes_ = *writes;

  if (converter.reads_ == Reads::LocalTimestamp && !field.zone) {
    return tl::unexpected(std::string("is a timestamp without time zone; declare with `zone:` whose wall clock it shows"));
  }
  if (converter.reads_ == Reads::Timestamp && !field.format.empty() && !field.zone) {
    return tl::unexpected(std::string("has a `format:`, whose times are local; declare their `zone:`"));
  }
  if (!field.currency.empty() && !base::currency_exponent(field.currency)) {
    return tl::unexpected(fmt::format("\"{}\" is not a currency of ISO 4217", base::shown(field.currency, 20)));
  }
  if (field.currency_from) converter.currency_ = Lookup(*field.currency_from, hints);
  return converter;
}

Made Converter::convert(const Value& value, Work& work) const {
  Made cell = read(value, work);
  if (!cell || writes_ == Writes::AsRead) return cell;
  return write(*cell, {field_, column_, work.arena});
}

Made Converter::read(const Value& value, Work& work) const {
  const Making making{field_, column_, work.arena};
  switch (reads_) {
    case Reads::Text:
      return make_text(value, making);
    case Reads::Other:
      return make_other(value, making);
    case Reads::Email:
      return make_email(value, making);
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
      return Cell::of(cell.integer);
    case Writes::Decimal:
      return make_decimal(Value::number(making.arena.copy(canonical(cell))), making);
    case Writes::Json:
      return make_json(Value::text(cell.text), making);
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

}  // namespace syncline::transform
