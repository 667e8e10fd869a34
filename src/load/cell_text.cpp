// SPDX-License-Identifier: Apache-2.0
#include "load/cell_text.hpp"

#include "base/time.hpp"

namespace syncline::load {

std::string text_of(const record::Cell& cell) {
  using Type = record::Cell::Type;
  switch (cell.type) {
    case Type::Null:
    case Type::Keep:
      return "";
    case Type::Boolean:
      return cell.integer() ? "true" : "false";
    case Type::Integer:
      return std::to_string(cell.integer());
    case Type::Timestamp:
    case Type::LocalTimestamp:
      return base::to_string(base::Timestamp(std::chrono::microseconds(cell.integer())));
    case Type::Date:
      return base::to_string(base::Date(std::chrono::days(cell.integer())));
    case Type::Time:
      return base::time_of_day_to_string(std::chrono::microseconds(cell.integer()));
    case Type::Decimal:
    case Type::Text:
    case Type::Json:
      return std::string(cell.text());
  }
  return "";
}

}  // namespace syncline::load
