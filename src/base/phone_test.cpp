// SPDX-License-Identifier: Apache-2.0
#include "base/phone.hpp"

#include <gtest/gtest.h>

namespace syncline::base {
namespace {

std::string read(std::string_view text, std::string_view calling_code = "") {
  const auto number = parse_phone(text, dialing_plan(calling_code));
  return number ? *number : number.error().message;
}

TEST(Phone, WhatIsNoNumberIsRefused) {
  for (const char* text :
       {"", "+", "n/a", "+1", "555-0142", "+1 312 555 01421", "+1234567890123456", "+049 30 901820", "tel:5", "++1 312 555 0142"})
    EXPECT_FALSE(parse_phone(text, dialing_plan("1"))) << text;
}

TEST(Phone, AnExtensionIsRefusedByName) {
  EXPECT_EQ(read("(312) 555-0142 x12", "1"),
            "\"(312) 555-0142 x12\" is not a telephone number: it holds \"x12\" (an extension is no part of one)");
}

TEST(Phone, AnExtensionMayBeDroppedButNothingElse) {
  DialingPlan plan = dialing_plan("1");
  plan.extension = PhoneExtension::Drop;
  for (const char* text :
       {"(312) 555-0142 x12", "312.555.0142x00123", "+1 312 555 0142 EXT. 12", "3125550142 ext12", "312-555-0142, extension: 12",
        "312-555-0142 #12", "+1-312-555-0142;ext=12", "3125550142 x 1234567", "3125550142"})
    EXPECT_EQ(parse_phone(text, plan).value_or("refused"), "+13125550142") << text;
  for (const char* text : {"x12", "312 555 014 x2", "3125550142 x", "3125550142 x12a", "3125550142 x12345678", "3125550142 x12 x13",
                           "3125550142 or 3125550143", "3125550142 exit 3", "3125550142,12"})
    EXPECT_FALSE(parse_phone(text, plan)) << text;
}

TEST(Phone, WithoutACountryANumberMustBringItsCallingCode) {
  EXPECT_EQ(read("312 555 0142"),
            "\"312 555 0142\" does not begin with \"+\", so its country cannot be told; `calling_code:` says which one is meant");
  EXPECT_EQ(read("+1 312 555 0142"), "+13125550142");
  EXPECT_EQ(read("0049 30 901820"), "+4930901820");
}

TEST(Phone, EveryWayToWriteANumberComesToOne) {
  for (const char* text : {"3125550142", "(312) 555-0142", "312.555.0142", "1-312-555-0142",
                           "+1 (312) 555\xE2\x80\x93"
                           "0142",
                           "0013125550142", "011 1 312 555 0142",
                           "312\xC2\xA0"
                           "555 0142",
                           "13125550142"})
    EXPECT_EQ(read(text, "1"), "+13125550142") << text;
  for (const char* text : {"020 7946 0958", "+44 (0)20 7946 0958", "+44 20 7946 0958", "20 7946 0958"})
    EXPECT_EQ(read(text, "44"), "+442079460958") << text;
}

TEST(Phone, ATrunkIsTheCountrysOwn) {
  EXPECT_EQ(read("06 1 234 5678", "36"), "+3612345678");
  EXPECT_EQ(read("8 800 555 35 35", "7"), "+78005553535");
  EXPECT_EQ(read("812 555 35 35", "7"), "+78125553535") << "ten digits have no trunk";
  EXPECT_EQ(read("06 1234 5678", "39"), "+390612345678") << "in Italy the 0 belongs to the number";
}

TEST(Phone, ATrunkMayBeSaid) {
  DialingPlan plan = dialing_plan("52");
  plan.trunk = "01";
  EXPECT_EQ(parse_phone("01 55 1234 5678", plan).value_or("refused"), "+525512345678");
}

}  // namespace
}  // namespace syncline::base
