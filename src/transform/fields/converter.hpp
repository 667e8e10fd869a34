// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "config/column_fit.hpp"
#include "transform/fields/rules.hpp"

namespace syncline::transform {

/// A cell in its canonical notation: "true", "17", "2026-02-27T15:34:28Z".
[[nodiscard]] std::string canonical(const record::Cell& cell);

/// Turns a value that is there into a cell of one column: the field's declared type read, the column's type written. Immutable after
/// construction; may be used by any thread.
class Converter {
 public:
  /// An error says why the declared type cannot go into the column, and what to declare instead.
  static tl::expected<Converter, std::string> create(const config::FieldMapping& field, const record::Column& column, size_t& hints);

  [[nodiscard]] Made convert(const record::Value& value, Work& work) const;

  /// Whether "" is a value of its own for this field.
  [[nodiscard]] bool textual() const { return reads_ == config::Reads::Text || reads_ == config::Reads::Other; }
  /// Whether a value can be judged without its record (an amount whose currency the record names cannot, nor a day in a zone it names).
  [[nodiscard]] bool needs_record() const { return field_.currency_from || field_.zone_from; }
  [[nodiscard]] const record::Column& column() const { return column_; }

 private:
  [[nodiscard]] Made read(const record::Value& value, Work& work) const;
  [[nodiscard]] Made write(const record::Cell& cell, const Making& making) const;
  [[nodiscard]] tl::expected<int, Refusal> exponent(Work& work) const;
  [[nodiscard]] tl::expected<std::optional<base::Zone>, Refusal> zone(Work& work) const;

  config::FieldMapping field_;
  record::Column column_;
  Lookup currency_, zone_;
  config::Reads reads_ = config::Reads::Text;
  config::Writes writes_ = config::Writes::AsRead;
};

}  // namespace syncline::transform
