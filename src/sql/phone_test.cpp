// SPDX-License-Identifier: Apache-2.0
// What a database makes of a number is what base::parse_phone makes of it: one table of numbers, and spellings by a seed.
#include "sql/phone.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "base/random.hpp"
#include "support/on_both_databases.hpp"

namespace syncline::sql {
namespace {

using base::DialingPlan;
using base::PhoneExtension;
using record::Cell;

constexpr std::array Texts{"3125550142",
                           "(312) 555-0142",
                           "312.555.0142",
                           "1-312-555-0142",
                           "+1 (312) 555\xE2\x80\x93"
                           "0142",
                           "0013125550142",
                           "011 1 312 555 0142",
                           "312\xC2\xA0"
                           "555 0142",
                           "13125550142",
                           "113125550142",
                           "+13125550142",
                           "  +13125550142\n",
                           "\t312 555 0142\v",
                           "020 7946 0958",
                           "+44 (0)20 7946 0958",
                           "+44 20 7946 0958",
                           "20 7946 0958",
                           "0044 (0)20 7946 0958",
                           "+4(0)4 20 7946 0958",
                           "+(0)44 20 7946 0958",
                           "+ (0)44 20 7946 0958",
                           "+44((0)0)20 7946 0958",
                           "+44 (0)(0)20 7946 0958",
                           "(+44) 20 7946 0958",
                           "-+44 20 7946 0958",
                           "++44 20 7946 0958",
                           "+44 20+7946 0958",
                           "06 1 234 5678",
                           "8 800 555 35 35",
                           "812 555 35 35",
                           "87812 555 35 35",
                           "06 1234 5678",
                           "01 55 1234 5678",
                           "",
                           " ",
                           "+",
                           "n/a",
                           "+1",
                           "555-0142",
                           "+1 312 555 01421",
                           "+1234567890123456",
                           "+049 30 901820",
                           "tel:5",
                           "++1 312 555 0142",
                           "312 555 o142",
                           "(312) 555-0142 x12",
                           "312.555.0142x00123",
                           "+1 312 555 0142 EXT. 12",
                           "3125550142 ext12",
                           "312-555-0142, extension: 12",
                           "312-555-0142 #12",
                           "+1-312-555-0142;ext=12",
                           "3125550142 x 1234567",
                           "3125550142 \n,\n x12",
                           "x12",
                           "312 555 014 x2",
                           "3125550142 x",
                           "3125550142 x12a",
                           "3125550142 x12345678",
                           "3125550142 x12 x13",
                           "3125550142 or 3125550143",
                           "3125550142 exit 3",
                           "3125550142,12",
                           "3125550142 x1\xD9\xA1",
                           "312\n5550142",
                           "\xD9\xA3"
                           "125550142",
                           "+1 312 555 0142 x(0)1",
                           "000",
                           "00",
                           "011",
                           "0000000000",
                           "1",
                           "11111111111",
                           "+1\xE2\x80\x91"
                           "3125550142",
                           "312\xE2\x80\x94"
                           "5550142",
                           "3125550142\xC2\xA0",
                           "+7 812 555 35 35",
                           "+7 812 555 35 3",
                           "\xC5\xBF 3125550142",
                           "3125550142 e\xE1\xBA\x8Bt 5"};

std::vector<DialingPlan> plans() {
  std::vector<DialingPlan> out;
  for (const char* code : {"", "1", "44", "39", "7", "36", "375", "49"}) {
    out.push_back(base::dialing_plan(code));
    out.push_back(out.back());
    out.back().extension = PhoneExtension::Drop;
  }
  for (const char* trunk : {"", "0", "9"}) {
    out.push_back(base::dialing_plan("1"));
    out.back().trunk = trunk;
  }
  out.push_back(base::dialing_plan("52"));
  out.back().trunk = "01";
  return out;
}

/// Digits between what stands between them, in front and behind, with a letter now and then.
std::string spelled(base::Random& random) {
  constexpr std::array Fronts{"", "", "", "+", "00", "011", "+ ", "(", "1", "+1", "+44", "8", "0", "06", "+44 (0)", "+7"};
  constexpr std::array Betweens{"", "", "", "", "", "", " ", "-", ".", ") ", " (", "/", "\t", "(0)", "\xC2\xA0", "\xE2\x80\x93", "x", "+"};
  constexpr std::array Ends{"", "", "", " ", " x12", ",ext. 7", ";ext=1", "#", " ext", "extension 1234567", "X:1", "\n"};
  std::string out = Fronts[random.below(Fronts.size())];
  for (uint64_t left = 5 + random.below(11); left > 0; --left) {
    // The rare ones are rare, or no number would be one.
    out += Betweens[random.below(random.below(8) == 0 ? Betweens.size() : 12)];
    out += char('0' + random.below(10));
  }
  return out + Ends[random.below(Ends.size())];
}

class Phone : public test::OnBothDatabases {
 protected:
  std::string read(std::string_view text, const DialingPlan& plan) {
    const auto rows = db().query("SELECT " + phone("CAST($1 AS text)", plan, GetParam()), std::array{Cell::of(text)});
    if (!rows) return rows.error().message;
    return rows->at(0, 0).value_or("refused");
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, Phone, test::both_databases(), test::database_name);

TEST_P(Phone, WhatItMakesOfANumberIsWhatAFieldMakesOfIt) {
  size_t read_well = 0;
  for (const DialingPlan& plan : plans()) {
    for (const char* text : Texts) {
      const auto meant = base::parse_phone(text, plan);
      read_well += meant ? 1 : 0;
      EXPECT_EQ(read(text, plan), meant.value_or("refused")) << '"' << text << "\" in +" << plan.calling_code << ", trunk " << plan.trunk;
    }
  }
  EXPECT_GT(read_well, 300u);
}

TEST_P(Phone, HoweverItIsSpelled) {
  base::Random random(20261124);
  size_t read_well = 0;
  const std::vector<DialingPlan> all_plans = plans();
  for (int i = 0; i < 600; ++i) {
    const std::string text = spelled(random);
    for (size_t plan = size_t(i) % 2; plan < all_plans.size(); plan += 2) {
      const auto meant = base::parse_phone(text, all_plans[plan]);
      read_well += meant ? 1 : 0;
      EXPECT_EQ(read(text, all_plans[plan]), meant.value_or("refused")) << '"' << text << "\" in +" << all_plans[plan].calling_code;
    }
  }
  EXPECT_GT(read_well, 1000u) << "too few are numbers for anything to be shown";
}

TEST_P(Phone, WhatIsLookedThroughFirstLosesNoNumber) {
  if (!postgres()) return;
  base::Random random(20261125);
  std::vector<std::string> texts(Texts.begin(), Texts.end());
  for (int i = 0; i < 300; ++i) texts.push_back(spelled(random));
  size_t lost = 0, spared = 0;
  for (const DialingPlan& plan : plans()) {
    run("CREATE TEMP TABLE number AS SELECT '+13125550142'::text COLLATE \"C\" AS k");
    const std::string ask = "SELECT " + may_be_phone("$1::text", plan, GetParam(), "k", "number");
    for (const std::string& text : texts) {
      const auto meant = base::parse_phone(text, plan);
      if (meant) run("UPDATE number SET k = '" + *meant + "'");
      const auto rows = db().query(ask, std::array{Cell::of(text)});
      ASSERT_TRUE(rows) << rows.error().message;
      lost += meant && rows->text(0, 0) != "t" ? 1 : 0;
      spared += rows->text(0, 0) != "t" ? 1 : 0;
    }
    run("DROP TABLE number");
  }
  EXPECT_EQ(lost, 0u);
  EXPECT_GT(spared, 1000u);
}

TEST_P(Phone, NullIsNoNumber) { EXPECT_EQ(all("SELECT " + phone("NULL", base::dialing_plan("1"), GetParam())), "NULL"); }

TEST_P(Phone, OnPostgresqlAnIndexMayHoldIt) {
  if (!postgres()) return;
  run("CREATE TABLE people (mobile varchar(40)); CREATE INDEX ON people ((" + phone("mobile", base::dialing_plan("1"), GetParam()) + "))");
}

}  // namespace
}  // namespace syncline::sql
