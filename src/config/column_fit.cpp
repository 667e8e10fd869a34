// SPDX-License-Identifier: Apache-2.0
#include "config/column_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/decimal.hpp"
#include "base/text.hpp"

namespace syncline::config {
namespace {

using record::Column;
using record::ColumnType;

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
    case FieldType::Phone:
      return "phone";
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

bool reads_a_number(FieldType type) { return type == FieldType::Money || type == FieldType::Decimal; }

Reads reads_of(const FieldMapping& field, const Column& column) {
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
    case FieldType::Phone:
      return Reads::Phone;
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

std::optional<Writes> writes_of(Reads reads, ColumnType column) {
  const auto if_column = [&](bool fits, Writes writes = Writes::AsRead) { return fits ? std::optional(writes) : std::nullopt; };
  // Every type has a canonical text; only what is text by itself goes into a column of a type we do not know unchanged.
  const bool own_text =
      reads == Reads::Text || reads == Reads::Other || reads == Reads::Email || reads == Reads::Phone || reads == Reads::Uuid;
  if (is_text(column)) return own_text ? Writes::AsRead : Writes::Text;
  switch (reads) {
    case Reads::Text:
    case Reads::Other:
    case Reads::Email:
    case Reads::Phone:
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

/// By itself. A part of one may be mapped: a table that links two others is keyed by its two parents, which are what relations write.
bool is_primary_key(const record::Table& table, const Column& column) {
  return std::any_of(table.unique_indexes.begin(), table.unique_indexes.end(), [&](const record::UniqueIndex& index) {
    return index.primary && index.columns == std::vector<std::string>{column.name};
  });
}

/// A table of which each row belongs to one row of another and has its number: a relation writes the other's, never a vendor's.
bool is_linked_one_to_one(const Entity& entity, const record::Table& table, const Column& column) {
  return std::any_of(entity.relations.begin(), entity.relations.end(), [&](const Relation& it) { return it.column == column.name; }) &&
         std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                     [&](const record::ForeignKey& key) { return key.columns == std::vector<std::string>{column.name}; });
}

/// The team's own numbers are what other rows refer to; a vendor's id among them would take a row for another, or give it another number.
std::string primary_key_objection(const Entity& entity, const record::Table& table, const Column& column) {
  if (column.name == entity.key.column) {
    return fmt::format(
        "`{}` is the primary key of {}: a vendor's ids do not belong there, where a row of yours with the same number "
        "would be taken for theirs; name a column of its own, which `syncline migrate` adds",
        column.name, to_string(table.name));
  }
  return fmt::format(
      "`{}` is the primary key of {}, by which the rest of your data knows its rows: a sync would give them other values; "
      "take it out of the mapping, or name a column of its own, which `syncline migrate` adds",
      column.name, to_string(table.name));
}

}  // namespace

tl::expected<Conversion, std::string> conversion(const FieldMapping& field, const Column& column) {
  if (column.type == ColumnType::Real && reads_a_number(field.type)) {
    return tl::unexpected(fmt::format("{} would not be exact in a {} column; make it numeric", word_for(field.type), type_text(column)));
  }
  const Reads reads = reads_of(field, column);
  const std::optional<Writes> writes = writes_of(reads, column.type);
  if (!writes) return tl::unexpected(fmt::format("type {} cannot go into a column that is {}", word_for(field.type), type_text(column)));
  if (reads == Reads::LocalTimestamp && !field.zone && !field.zone_from) {
    return tl::unexpected(std::string("is a timestamp without time zone; declare with `zone:` whose wall clock it shows"));
  }
  if (reads == Reads::Timestamp && !field.format.empty() && !field.zone && !field.zone_from) {
    return tl::unexpected(std::string("has a `format:`, whose times are local; declare their `zone:`"));
  }
  if (!field.currency.empty() && !base::currency_exponent(field.currency)) {
    return tl::unexpected(fmt::format("\"{}\" is not a currency of ISO 4217", base::shown(field.currency, 20)));
  }
  return Conversion{reads, *writes};
}

tl::expected<Conversion, std::string> key_conversion(const Entity::Key& key, const Column& column) {
  if (column.type == ColumnType::Json || column.type == ColumnType::Real) {
    return tl::unexpected(
        fmt::format("`{}` is {}, which cannot be a key", column.name, column.type == ColumnType::Json ? "json" : "a float"));
  }
  if (!key.parts.empty() && column.type != ColumnType::Text) {
    return tl::unexpected(
        fmt::format("`{}` is {}; a key made of `parts` is a text, so the column must be text, too", column.name, type_text(column)));
  }
  FieldMapping field;
  field.column = column.name;
  field.place = key.place;
  return conversion(field, column).map_error([&](const std::string& why) { return fmt::format("`{}`: {}", column.name, why); });
}

std::string write_objection(const Entity& entity, const record::Table& table, const Column& column) {
  if (column.generated) {
    return fmt::format("`{}` of {} is generated by the database and cannot be written; take it out of the mapping", column.name,
                       to_string(table.name));
  }
  if (is_primary_key(table, column) && !is_linked_one_to_one(entity, table, column)) return primary_key_objection(entity, table, column);
  if (std::find(entity.local.begin(), entity.local.end(), column.name) != entity.local.end())
    return fmt::format("`{}` is mapped, but `local:` says it is never written; take it out of one of the two", column.name);
  return "";
}

const Place* written_at(const Entity& entity, const std::string& column) {
  if (column.empty()) return &entity.place;
  if (entity.key.column == column) return &entity.key.place;
  if (entity.version && entity.version->column == column) return &entity.version->place;
  for (const FieldMapping& field : entity.fields) {
    if (field.column == column) return &field.place;
  }
  for (const Relation& relation : entity.relations) {
    if (relation.column == column) return &relation.place;
  }
  return nullptr;
}

}  // namespace syncline::config
