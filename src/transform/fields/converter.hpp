// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include "transform/fields/rules.hpp"

namespace syncline::transform {

/// Turns a value that is there into a cell of one column: the field's declared type read, the column's type written. Immutable after
/// construction; may be used by any thread.
class Converter {
 public:
  /// An error says why the declared type cannot go into the column, and what to declare instead.
  static tl::expected<Converter, std::string> create(const config::FieldMapping& field, const record::Column& column, size_t& hints);

  [[nodiscard]] Made convert(const record::Value& value, Work& work) const;

  /// Whether "" is a value of its own for this field.
  [[nodiscard]] bool textual() const { return reads_ == Reads::Text || reads_ == Reads::Other; }
  /// Whether a value can be judged without its record (an amount whose currency the record names cannot).
  [[nodiscard]] bool needs_record() const { return field_.currency_from.has_value(); }
  [[nodiscard]] const record::Column& column() const { return column_; }

 private:
  enum class Reads { Text, Other, Email, Uuid, Json, Boolean, Integer, Decimal, Money, Timestamp, LocalTimestamp, Date, Time };
  enum class Writes { AsRead, Text, Integer, Decimal, Json };

  [[nodiscard]] Made read(const record::Value& value, Work& work) const;
  [[nodiscard]] Made write(const record::Cell& cell, const Making& making) const;
  [[nodiscard]] tl::expected<int, Refusal> exponent(Work& work) const;

  static Reads reads_of(const config::FieldMapping& field, const record::Column& column);
  static std::optional<Writes> writes_of(Reads reads, record::ColumnType column);

  config::FieldMapping field_;
  record::Column column_;
  Lookup currency_;
  Reads reads_ = Reads::Text;
  Writes writes_ = Writes::AsRead;
};

}  // namespace syncline::transform
