// SPDX-License-Identifier: Apache-2.0
#include "transform/transform.hpp"

namespace syncline::transform {
namespace {

using config::FieldType;
using record::ColumnType;

ColumnType planned_type(const config::FieldMapping& field) {
  switch (field.type) {
    case FieldType::Integer:
      return ColumnType::Integer;
    case FieldType::Decimal:
      return ColumnType::Decimal;
    case FieldType::Money:
      return field.money_as_minor ? ColumnType::Integer : ColumnType::Decimal;
    case FieldType::Boolean:
      return ColumnType::Boolean;
    case FieldType::Timestamp:
      return ColumnType::Timestamp;
    case FieldType::Date:
      return ColumnType::Date;
    case FieldType::Time:
      return ColumnType::Time;
    case FieldType::Json:
      return ColumnType::Jsonb;
    case FieldType::Uuid:
      return ColumnType::Uuid;
    case FieldType::FromColumn:
    case FieldType::Text:
    case FieldType::Email:
      break;
  }
  return ColumnType::Text;
}

}  // namespace

record::Column planned_column(const config::FieldMapping& field) {
  record::Column column;
  column.name = field.column;
  column.type = planned_type(field);
  if (field.type == FieldType::Money && column.type == ColumnType::Decimal) {
    column.precision = 19;  // fifteen digits in front of the point; the four behind it hold every currency of ISO 4217
    column.scale = 4;
  }
  return column;
}

}  // namespace syncline::transform
