// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/resources/list.hpp"
#include "simulators/marianatek/resources/makers.hpp"

namespace syncline::simulators::marianatek {
namespace {

constexpr std::array<std::string_view, 5> UserTags{"VIP", "Influencer", "Injury: knee", "Staff & Family", "Ünïcode"};
constexpr std::array<std::string_view, 4> ReservationTags{"ClassPass Reservation", "Wellhub", "Birthday 🎂", "Desk"};

Value user_tag(const Row& row, const Attribute&) { return composed(numbered(UserTags, row.index())); }
Value reservation_tag(const Row& row, const Attribute&) { return composed(numbered(ReservationTags, row.index())); }

Resource tags(std::string_view type, int64_t first_id, RowCounts rows, MakeValue name) {
  return {.type = type,
          .first_id = first_id,
          .rows = rows,
          .attributes = {made("name", name)},
          .relations = {},
          .filters = {},
          .orderings = {"name"},
          .happenings = {{"rename", {becomes("name", Step::To::Fresh)}}}};
}

}  // namespace

Resource user_tags() { return tags("user_tags", 1, {.tiny = 5, .studio = 8, .chain = 20}, user_tag); }
Resource reservation_tags() { return tags("reservation_tags", 1, {.tiny = 4, .studio = 5, .chain = 8}, reservation_tag); }

}  // namespace syncline::simulators::marianatek
