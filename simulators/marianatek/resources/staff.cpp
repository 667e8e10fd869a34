// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/resources/list.hpp"
#include "simulators/marianatek/resources/makers.hpp"
#include "simulators/marianatek/resources/people.hpp"

namespace syncline::simulators::marianatek {
namespace {

constexpr std::array<std::string_view, 3> Biographies{"", "Loves hills.\nHates \"easy\" days.", "Früher Tänzerin."};

/// Every sixth has none: nobody keeps a payroll for equipment that is booked like a person.
Value payroll_id(const Row& row, const Attribute&) {
  return row.index() % 6 == 5 ? null() : composed("P-" + std::to_string(1'000 + row.index()));
}

/// An employee is a user, too; every eleventh is not: it is a machine.
Ids its_user(const Row& row, const Relation& self) {
  Ids ids;
  const Table& people = row.tenant().table(self.type);
  if (row.index() % 11 != 10 && row.index() < people.base()) ids.add(people.id_of(row.index()));
  return ids;
}

Value display_name(const Row& row, const Attribute&) { return composed(instructor_name(row.index())); }
Value is_shown(const Row& row, const Attribute&) { return boolean(row.index() % 9 != 8); }

}  // namespace

Resource employees() {
  using enum Step::To;
  return {.type = "employees",
          .first_id = 301,
          .rows = {.tiny = 6, .studio = 40, .chain = 400},
          .attributes = {made("payroll_id", payroll_id), chance("is_active", 88), chance("can_chat", 50),
                         always("is_beta_user", boolean(false))},
          .relations = {made("user", "users", Relation::Arity::One, its_user), some_id("groups", "groups", Relation::Arity::Many, 70),
                        one_of("recent_location", "locations", 60)},
          .filters = {{"user", Filter::Test::Id, "user"}, {"is_active", Filter::Test::Flag, "is_active"}},
          .orderings = {},
          .birth = {becomes("is_active", boolean(true)), becomes("payroll_id", Nothing)},
          .happenings = {{"leave", {becomes("is_active", boolean(false)), becomes("recent_location", Nothing)}},
                         {"enrol", {becomes("payroll_id", Fresh), becomes("is_active", boolean(true))}},
                         {"move", {becomes("recent_location", Another)}}}};
}

Resource employee_public_profiles() {
  using enum Step::To;
  return {.type = "employee_public_profiles",
          .first_id = 3'601,
          .rows = {.tiny = 6, .studio = 40, .chain = 400},
          .attributes = {made("schedule_display_name", display_name), made("enabled", is_shown), drawn("bio", Biographies),
                         blank("small_photo"), always("instagram_handle", word("")), between("sort_order", 0, 99)},
          .relations = {same_place("employee", "employees")},
          .filters = {{"employee", Filter::Test::Id, "employee"}},
          .orderings = {"schedule_display_name"},
          .happenings = {{"rename", {becomes("schedule_display_name", Fresh)}},
                         {"hide", {becomes("enabled", boolean(false))}},
                         {"rewrite", {becomes("bio", Another), becomes("sort_order", Another)}}}};
}

}  // namespace syncline::simulators::marianatek
