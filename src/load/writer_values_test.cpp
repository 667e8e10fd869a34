// SPDX-License-Identifier: Apache-2.0
// Values reach the table as they are, whatever Unicode or a locale would make of them.
#include <locale>

#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class WritingValues : public LoadTest {
 protected:
  [[nodiscard]] std::string instant() const { return postgres() ? "timestamptz" : "DATETIME"; }
  void make_towns() {
    run("CREATE TABLE towns (id " + counted() + ", external_id text UNIQUE, name text, synced_at " + instant() + ")");
    entity("towns", {"name"});
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, WritingValues, test::both_databases(), test::database_name);

// rule 6: NFC and NFD are different keys
TEST_P(WritingValues, TwoSpellingsOfOneLetterAreTwoKeys) {
  make_towns();
  Loader to = loader("towns");
  const char *composed =
                 "Orl\xC3\xA9"  // é
                 "ans",
             *decomposed =
                 "Orle\xCC\x81"  // e and a combining accent
                 "ans";
  EXPECT_EQ(to.write({{Cell::of(composed), Cell::of("one")}, {Cell::of(decomposed), Cell::of("two")}}), "2 inserted");
  EXPECT_EQ(to.write({{Cell::of(composed), Cell::of("one")}, {Cell::of(decomposed), Cell::of("three")}}), "1 updated, 1 unchanged");
  EXPECT_EQ(all("SELECT external_id, name FROM towns ORDER BY name"), std::string(composed) + "|one, " + decomposed + "|three");
}

TEST_P(WritingValues, OneSpellingWrittenOverTheOtherIsAChange) {
  make_towns();
  Loader to = loader("towns");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("\xC3\xA9")}}), "1 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("e\xCC\x81")}}), "1 updated");
  EXPECT_EQ(all("SELECT name FROM towns"), "e\xCC\x81");
}

/// A locale whose numbers are 1.234,5.
class DecimalComma : public std::numpunct<char> {
  [[nodiscard]] char do_decimal_point() const override { return ','; }
  [[nodiscard]] char do_thousands_sep() const override { return '.'; }
  [[nodiscard]] std::string do_grouping() const override { return "\3"; }
};

// rule 20: numbers do not depend on the locale
TEST_P(WritingValues, ADecimalCommaInTheLocaleChangesNoNumber) {
  run("CREATE TABLE goods (id " + counted() + ", external_id bigint UNIQUE, seats bigint, price numeric(12,2), extra " +
      (postgres() ? "jsonb" : "JSON") + ", changed_at " + instant() + ", synced_at " + instant() + ")");
  entity("goods", {"seats", "price", "extra"}, "changed_at");
  const std::locale classic = std::locale::global(std::locale(std::locale::classic(), new DecimalComma));
  Loader to = loader("goods");
  const auto row = [](int64_t seats) {
    return std::vector<Cell>{integer(9007199254740993), at(1'700'000'000), integer(seats), Cell::decimal("1234567.89"),
                             Cell::json("[1234.5]")};
  };
  std::string written;
  for (const int64_t seats : {1'234'567, 7'654'321, 7'654'321}) written += to.write({row(seats)}) + "; ";
  const std::string there = all("SELECT external_id, seats, price, extra, changed_at FROM goods");
  std::locale::global(classic);
  EXPECT_EQ(written, "1 inserted; 1 updated; 1 unchanged; ") << to.message;
  EXPECT_EQ(there, "9007199254740993|7654321|1234567.89|[1234.5]|" +
                       std::string(postgres() ? "2023-11-14 22:13:20+00" : "2023-11-14T22:13:20.000000Z"));
}

}  // namespace
}  // namespace syncline::load
