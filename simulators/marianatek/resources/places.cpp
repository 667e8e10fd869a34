// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/resources/list.hpp"
#include "simulators/marianatek/resources/makers.hpp"

namespace syncline::simulators::marianatek {
namespace {

using Words = std::array<std::string_view, 3>;
constexpr Words TimeZones{"US/Eastern", "America/Chicago", "Europe/London"};
constexpr Words Currencies{"USD", "USD", "GBP"};
constexpr Words Cities{"New York", "Dallas", "London"};
constexpr Words States{"NY", "TX", ""};
constexpr Words Latitudes{"40.7478867", "32.7492", "51.5073509"};
constexpr Words Longitudes{"-73.9967", "-96.8281", "-0.1277583"};
constexpr std::array<std::string_view, 10> Quarters{"Chelsea", "Bishop Arts", "Shoreditch", "Astoria",      "Oak Lawn",
                                                    "Peckham", "Café Row",    "Deep Ellum", "Saint John's", "The \"Loft\""};
constexpr std::array<std::string_view, 6> RegionNames{"East", "Texas", "United Kingdom", "Midwest", "West", "North"};
constexpr std::array<std::string_view, 4> Streets{"Main Street", "5th Avenue", "King's Road", "Calle Ñandú"};

Value place_name(const Row& row, const Attribute&) {
  // The tenants' places are told apart by name only: their ids are alike.
  return composed(numbered(Quarters, row.index()) + (row.tenant().name() == "north" ? "" : " (" + row.tenant().name() + ")"));
}

Value street(const Row& row, const Attribute& self) {
  return composed(std::to_string(1 + row.draw_below(self.salt, 900)) + " " + std::string(nth(Streets, row.draw(self.salt))));
}

Value five_digits(const Row& row, const Attribute& self) { return composed(std::to_string(10'000 + row.draw_below(self.salt, 89'999))); }

/// "" where there is no limit, a number where there is one: the vendor does that.
Value daily_limit(const Row& row, const Attribute&) { return row.index() % 2 == 0 ? word("") : integer(2 + row.index() % 5); }

Value region_name(const Row& row, const Attribute&) { return composed(numbered(RegionNames, row.index())); }

Ids same_site(const Row& row, const Relation& self) {
  Ids ids;
  const Table& sites_table = row.tenant().table(self.type);
  if (row.index() < sites_table.base()) ids.add(sites_table.id_of(row.index()));
  return ids;
}

Ids its_location(const Row& row, const Relation& self) {
  Ids ids;
  const Table& places = row.tenant().table(self.type);
  if (row.index() < places.base()) ids.add(places.id_of(row.index()));
  return ids;
}

}  // namespace

Resource locations() {
  using enum Step::To;
  return {.type = "locations",
          .first_id = 48'717,
          .rows = {.tiny = 3, .studio = 3, .chain = 30},
          .attributes = {made("name", place_name),
                         in_turn("timezone", TimeZones),
                         made("address_line1", street),
                         always("address_line2", word("")),
                         blank("address_line3"),
                         in_turn("city", Cities),
                         in_turn("state_province", States),
                         made("postal_code", five_digits),
                         always("phone_number", word("+1 212 555 0100")),
                         always("email_address", word("hello@studio.example")),
                         in_turn("latitude", Latitudes),
                         in_turn("longitude", Longitudes),
                         chance("listed", 95),
                         in_turn("currency_code", Currencies),
                         always("primary_language", word("en")),
                         always("class_pass_status", word("disabled")),
                         made("daily_pending_reservation_limit", daily_limit),
                         always("formatted_address", raw_json("[]")),
                         always("gate_geo_check_in_by_distance", word("inherit_from_tenant")),
                         blank("vat_number")},
          .relations = {one_of("region", "regions", 100), made("site", "sites", Relation::Arity::One, same_site),
                        no_one("partner", "partners"), some_id("classrooms", "classrooms", Relation::Arity::Many, 100)},
          .filters = {{"region", Filter::Test::Id, "region"}},
          .orderings = {"name"},
          .is_public = true,
          .happenings = {{"rename", {becomes("name", Fresh)}},
                         {"move", {becomes("address_line1", Another), becomes("postal_code", Another)}},
                         {"unlist", {becomes("listed", boolean(false))}}}};
}

Resource regions() {
  using enum Step::To;
  return {.type = "regions",
          .first_id = 48'541,
          .rows = {.tiny = 2, .studio = 2, .chain = 6},
          .attributes = {made("name", region_name), always("listed", boolean(true))},
          .relations = {no_many("locations", "locations")},
          .filters = {},
          .orderings = {"name"},
          .is_public = true,
          .happenings = {{"rename", {becomes("name", Fresh)}}}};
}

Resource sites() {
  using enum Step::To;
  return {.type = "sites",
          .first_id = 101,
          .rows = {.tiny = 3, .studio = 3, .chain = 30},
          .attributes = {made("name", place_name), always("listed", boolean(true)), always("waiver", word("")),
                         always("currencies", raw_json("[\"USD\"]"))},
          .relations = {made("locations", "locations", Relation::Arity::Many, its_location)},
          .filters = {},
          .orderings = {"name"},
          .is_public = true,
          .happenings = {{"rename", {becomes("name", Fresh)}}}};
}

}  // namespace syncline::simulators::marianatek
