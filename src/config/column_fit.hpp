// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "base/result.hpp"
#include "config/entity.hpp"
#include "record/column.hpp"

/// Whether what is mapped fits the columns that are there: what `plan` tells beforehand and a sync goes by, so that the two agree.
namespace syncline::config {

/// What a field's values are read as: its declared type, else its column's.
enum class Reads { Text, Other, Email, Phone, Uuid, Json, Boolean, Integer, Decimal, Money, Timestamp, LocalTimestamp, Date, Time };
/// What is made of the value read to go into the column.
enum class Writes { AsRead, Text, Integer, Decimal, Json };

/// How a field's values become a column's.
struct Conversion {
  Reads reads = Reads::Text;
  Writes writes = Writes::AsRead;
};

/// An error says why the field's values cannot go into the column, and what to declare instead; the column's name is not in it.
[[nodiscard]] tl::expected<Conversion, std::string> conversion(const FieldMapping& field, const record::Column& column);

/// The same of an entity's key; the column's name is in the error.
[[nodiscard]] tl::expected<Conversion, std::string> key_conversion(const Entity::Key& key, const record::Column& column);

/// Why a sync must not write a column of the table that is mapped (as its primary key), and what to do; "" if it may.
[[nodiscard]] std::string write_objection(const Entity& entity, const record::Table& table, const record::Column& column);

/// Where an entity says that it writes a column, or the entity itself for ""; null where it does not write it.
[[nodiscard]] const Place* written_at(const Entity& entity, const std::string& column);

}  // namespace syncline::config
