// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "transform/cells/cell.hpp"

namespace syncline::transform {
namespace {

using record::Value;

std::string made(const Value& value, const std::string& calling_code = "1", std::optional<int> length_max = std::nullopt) {
  config::FieldMapping field;
  field.type = config::FieldType::Phone;
  field.calling_code = calling_code;
  record::Column column;
  column.length_max = length_max;
  base::Arena arena;
  const Made cell = make_phone(value, {field, column, arena});
  return cell ? std::string(cell->text()) : cell.error().code + cell.error().reason;
}

TEST(MakePhone, WhatIsNoTelephoneNumberIsRefused) {
  EXPECT_EQ(made(Value::text("call me")),
            "not_a_phone: \"call me\" is not a telephone number: it holds \"call me\" (an extension is no part of one)");
  EXPECT_EQ(made(Value::text("555-0142")), "not_a_phone: \"555-0142\" is not a telephone number: one of +1 has 10 digits after it");
  EXPECT_EQ(made(Value::text("312 555 0142"), "1", 10), "too_long is 12 characters long; the column holds 10");
}

TEST(MakePhone, ANumberMayComeAsOne) { EXPECT_EQ(made(Value::number("3125550142")), "+13125550142"); }

TEST(MakePhone, AllNotationsComeToE164) {
  EXPECT_EQ(made(Value::text(" (312) 555-0142 ")), "+13125550142");
  EXPECT_EQ(made(Value::text("+44 (0)20 7946 0958")), "+442079460958");
}

}  // namespace
}  // namespace syncline::transform
