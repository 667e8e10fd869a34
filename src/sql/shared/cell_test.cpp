// SPDX-License-Identifier: Apache-2.0
#include "sql/shared/cell.hpp"

#include <gtest/gtest.h>

#include "sql/shared/error.hpp"

namespace syncline::sql {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;

std::string refusal(const Column& column, const Cell& cell) {
  const auto checked = check_cell(cell, column);
  return checked ? "" : checked.error().code;
}

Column numeric(int precision, int scale) {
  Column out;
  out.name = "price";
  out.type = ColumnType::Decimal;
  out.precision = precision;
  out.scale = scale;
  return out;
}

TEST(Cell, ANumericWithNegativeScaleKeepsWholeHundreds) {
  EXPECT_EQ(refusal(numeric(3, -2), Cell::decimal("12300")), "");
  EXPECT_EQ(refusal(numeric(3, -2), Cell::decimal("0")), "");
  EXPECT_EQ(refusal(numeric(3, -2), Cell::decimal("12345")), sqlstate::OutOfRange);
  EXPECT_EQ(refusal(numeric(3, -2), Cell::decimal("50")), sqlstate::OutOfRange);
  EXPECT_EQ(refusal(numeric(3, -2), Cell::decimal("100000")), sqlstate::OutOfRange);
}

TEST(Cell, ANumericWithMoreScaleThanPrecisionHoldsSmallFractionsOnly) {
  EXPECT_EQ(refusal(numeric(3, 5), Cell::decimal("0.00123")), "");
  EXPECT_EQ(refusal(numeric(3, 5), Cell::decimal("0.01")), sqlstate::OutOfRange);
  EXPECT_EQ(refusal(numeric(3, 5), Cell::decimal("1")), sqlstate::OutOfRange);
  EXPECT_EQ(refusal(numeric(3, 5), Cell::decimal("0.001234")), sqlstate::OutOfRange);
}

TEST(Cell, PlainDecimalsOnly) {
  for (const char* wrong : {"", "-", ".", "1.", ".5", "+1", "1e3", "--1", "1,5", " 1", "NaN", "Infinity", "0x10", "1.2.3"}) {
    EXPECT_EQ(refusal(numeric(10, 2), Cell::decimal(wrong)), sqlstate::WrongType) << wrong;
  }
}

TEST(Cell, IntegersFitTheirBytes) {
  Column column;
  column.name = "n";
  column.type = ColumnType::Integer;
  const auto fits = [&](int bytes, int64_t value) {
    column.bytes = bytes;
    return refusal(column, Cell::of(value)).empty();
  };
  EXPECT_TRUE(fits(2, 32767) && fits(2, -32768) && fits(4, 2147483647) && fits(4, -2147483648LL) && fits(8, INT64_MIN));
  EXPECT_FALSE(fits(2, 32768) || fits(2, -32769) || fits(4, 2147483648LL) || fits(4, -2147483649LL));
}

TEST(Cell, AUuidIsReadAsPostgresqlReadsIt) {
  const std::string digits = "a0eebc999c0b4ef8bb6d6bb9bd380a11";
  for (const char* text :
       {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
        "a0eebc999c0b4ef8bb6d6bb9bd380a11", "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11"}) {
    EXPECT_EQ(uuid_digits(text), digits) << text;
  }
  for (const char* text : {"", "{}", "{", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
                           "-a0eebc999c0b4ef8bb6d6bb9bd380a11", "a0eebc999c0b4ef8bb6d6bb9bd380a11-", "a0eebc99--9c0b4ef8bb6d6bb9bd380a11",
                           "g0eebc999c0b4ef8bb6d6bb9bd380a11", "{a0eebc999c0b4ef8bb6d6bb9bd380a11"}) {
    EXPECT_FALSE(uuid_digits(text)) << text;
  }
}

TEST(Cell, AnErrorNamesColumnAndValue) {
  const auto checked = check_cell(Cell::decimal("12345678.9"), numeric(4, 2));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().subject, "price");
  EXPECT_EQ(checked.error().message, "price: 12345678.9 does not fit into numeric(4,2)");
}

TEST(Sqlstate, SaysWhatToDo) {
  using base::ErrorKind;
  for (const char* code : {"08006", "40001", "40P01", "53100", "53300", "57014", "57P01", "55P03", "25P03"})
    EXPECT_EQ(kind_of_sqlstate(code), ErrorKind::Transient) << code;
  for (const char* code : {"28P01", "28000", "3D000"}) EXPECT_EQ(kind_of_sqlstate(code), ErrorKind::BadConfig) << code;
  for (const char* code : {"42P01", "42501", "3F000"}) EXPECT_EQ(kind_of_sqlstate(code), ErrorKind::ContractDrift) << code;
  for (const char* code : {"22003", "23505", "25006", "58030", "XX001", ""}) EXPECT_EQ(kind_of_sqlstate(code), ErrorKind::Fatal) << code;
}

}  // namespace
}  // namespace syncline::sql
