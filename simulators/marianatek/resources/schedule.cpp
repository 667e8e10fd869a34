// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/resources/schedule.hpp"

#include <algorithm>

#include "simulators/marianatek/resources/list.hpp"
#include "simulators/marianatek/resources/makers.hpp"
#include "simulators/marianatek/resources/people.hpp"
#include "simulators/marianatek/text.hpp"

namespace syncline::simulators::marianatek {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> ClassNames{"Pilates",   "Cycle 45",        "Vinyasa Yoga", "Barre",
                                                      "Café Flow", "Strength",        "HIIT",         "Boxe \"1\"",
                                                      "Prenatal",  "Übung & Balance", "Room Rental",  "Meditation 🧘"};
constexpr std::array<std::string_view, 4> Rooms{"Main Room", "Loft", "Basement", "Saal Ü"};
constexpr std::array<std::string_view, 2> Formats{"pick-a-spot", "first-come-first-serve"};
constexpr std::array<std::string_view, 2> Recurring{"stand_alone", "in_sync"};
constexpr std::array<int64_t, 4> Lengths{45, 60, 75, 30};
constexpr int64_t RowsWithoutType = 17, FirstCancelled = 3, FirstArchived = 5;

Value type_name(const Row& row, const Attribute&) { return composed(numbered(ClassNames, row.index())); }
Value type_minutes(const Row& row, const Attribute&) { return integer(Lengths[size_t(row.index()) % Lengths.size()]); }
Value type_description(const Row& row, const Attribute&) {
  return row.index() % 5 == 4 ? null() : word("An hour for you.\nBring \"water\" & a towel.");
}
Value type_created(const Row& row, const Attribute& self) {
  return instant(row.tenant().start() - days(900) + seconds(row.draw_below(self.salt, 50'000'000)));
}

/// Each day has its classes between 11:00 and 02:00 UTC, so both sides of midnight in every zone, on quarters of an hour.
Value start_datetime(const Row& row, const Attribute&) {
  const int64_t rows = std::max<int64_t>(row.table().base(), 1), span = 2 * ScheduleReach.count();
  const int64_t day = row.index() * span / rows;
  const int64_t within = row.index() * span % rows * 60 / rows;
  return instant(floor<days>(row.tenant().start()) - ScheduleReach + days(day) + hours(11) + minutes(15 * within));
}

Timestamp end_of(const Row& row) {
  const auto type = row.follow("class_session_type");
  return class_start(row) + minutes(type ? Lengths[size_t(type->index()) % Lengths.size()] : 60);
}

Timestamp local_start(const Row& row) {
  const auto place = row.follow("location");
  return wall_time(place ? place->value("timezone").text() : "America/Chicago", class_start(row));
}

Value local_day(const Row& row, const Attribute&) {
  std::string text;
  append_day(text, local_start(row));
  return composed(std::move(text));
}

Value local_time(const Row& row, const Attribute&) {
  std::string text;
  append_time_of_day(text, local_start(row));
  return composed(std::move(text));
}

Value end_datetime(const Row& row, const Attribute&) { return instant(end_of(row)); }
Value duration(const Row& row, const Attribute&) { return integer(duration_cast<minutes>(end_of(row) - class_start(row)).count()); }

Value type_display(const Row& row, const Attribute&) {
  const auto type = row.follow("class_session_type");
  return type ? type->value("name") : word("");
}

Value place_display(const Row& row, const Attribute&) {
  const auto place = row.follow("location");
  return place ? place->value("name") : word("");
}

Value instructor_names(const Row& row, const Attribute&) {
  const Ids instructors = row.ids("instructors");
  const Table& employees_table = row.tenant().table("employees");
  std::string list = "[";
  for (int i = 0; i < instructors.count; ++i) {
    if (i > 0) list += ',';
    append_json_text(list, instructor_name(employees_table.index_of(instructors.id[size_t(i)]).value_or(0)));
  }
  return raw_json(list + "]");
}

Value available_spots(const Row& row, const Attribute& self) {
  std::string list = "[";
  for (int64_t i = 0; i < row.draw_below(self.salt, 4); ++i) {
    if (i > 0) list += ',';
    append_number(list, 200 + i * 3);
  }
  return raw_json(list + "]");
}

/// None, one or two: a class may be without, and a co-taught one has two.
Ids instructors(const Row& row, const Relation& self) {
  static constexpr uint64_t salt = salt_of("instructors");
  Ids ids;
  const int64_t kind = row.stratum(0), count = row.tenant().table("employees").base();
  // The public profiles are those of the employees, by index.
  const Table& other = row.tenant().table(self.type);
  if (count == 0 || other.base() == 0) return ids;
  const int64_t first = row.draw_below(salt, count);
  if (kind >= 4 && first < other.base()) ids.add(other.id_of(first));
  const int64_t second = count > 1 ? (first + 1 + row.draw_below(salt + 1, count - 1)) % count : first;
  if (kind >= 92 && second != first && second < other.base()) ids.add(other.id_of(second));
  return ids;
}

Value cancelled_at(const Row& row, const Attribute&) {
  const auto at = class_cancelled(row);
  return at ? instant(*at) : null();
}

Value archived_at(const Row& row, const Attribute&) {
  if (row.stratum(FirstArchived) >= 1) return null();
  const Timestamp begins = original(row, "start_datetime").instant();
  return instant(std::min(begins, row.tenant().start()) - hours(2));
}

Ids cancelled_by(const Row& row, const Relation& self) {
  Ids ids;
  const Table& people = row.tenant().table(self.type);
  if (people.base() > 0 && row.value("cancellation_datetime").kind != Value::Kind::Null) ids.add(people.id_of(0));
  return ids;
}

Value an_hour_later(const Row& row, Timestamp) { return instant(class_start(row) + hours(1)); }
bool takes_place(const Row& row) { return row.value("cancellation_datetime").kind == Value::Kind::Null; }

Ids class_type(const Row& row, const Relation& self) {
  Ids ids;
  const Table& types = row.tenant().table(self.type);
  if (types.base() > 0 && row.index() % RowsWithoutType != RowsWithoutType - 1)
    ids.add(types.id_of(row.draw_below(self.salt, types.base())));
  return ids;
}

}  // namespace

Timestamp class_start(const Row& class_session) { return class_session.value("start_datetime").instant(); }

std::optional<Timestamp> class_cancelled(const Row& class_session) {
  if (class_session.stratum(FirstCancelled) >= 3) return std::nullopt;
  const Timestamp begins = original(class_session, "start_datetime").instant();
  return std::min(begins, class_session.tenant().start()) - hours(1 + class_session.index() % 40);
}

Resource class_session_types() {
  using enum Step::To;
  return {
      .type = "class_session_types",
      .first_id = 21,
      .rows = {.tiny = 6, .studio = 14, .chain = 30},
      .attributes = {made("name", type_name), made("duration", type_minutes), made("description", type_description), chance("enabled", 90),
                     chance("is_live_stream", 5), made("created_at", type_created), made("updated_at", type_created),
                     between("upcoming_class_count", 0, 300), between("historical_class_count", 0, 3'000)},
      .relations = {no_one("class_session_category", "class_session_categories")},
      .filters = {},
      .orderings = {"name"},
      .birth = {becomes("created_at", Now), becomes("updated_at", Now)},
      .happenings = {{"rename", {becomes("name", Fresh), becomes("updated_at", Now)}},
                     {"close", {becomes("enabled", boolean(false)), becomes("updated_at", Now)}},
                     {"describe", {becomes("description", Another), becomes("updated_at", Now)}}}};
}

Resource class_sessions() {
  using enum Step::To;
  using enum Filter::Test;
  return {.type = "class_sessions",
          .first_id = 7'001,
          .rows = {.tiny = 60, .studio = 20'000, .chain = 250'000},
          // start_datetime is first: it is looked up by name for every reservation.
          .attributes = {made("start_datetime", start_datetime),
                         made("start_date", local_day),
                         made("start_time", local_time),
                         made("end_datetime", end_datetime),
                         made("duration", duration),
                         between("capacity", 8, 40),
                         made("available_spots", available_spots),
                         between("standard_reservation_user_count", 0, 30),
                         between("waitlist_reservation_user_count", 0, 6),
                         between("checked_in_user_count", 0, 25),
                         between("first_time_user_count", 0, 4),
                         between("vip_user_count", 0, 2),
                         made("cancellation_datetime", cancelled_at),
                         made("archived_at", archived_at),
                         chance("public", 95),
                         blank("public_note"),
                         drawn("recurring_status", Recurring),
                         blank("recurring_id"),
                         drawn("layout_format", Formats),
                         made("instructor_names", instructor_names),
                         drawn("classroom_display", Rooms),
                         made("class_type_display", type_display),
                         made("location_display", place_display),
                         blank("waitlist_capacity"),
                         chance("has_waitlist", 40),
                         chance("is_free_class", 3),
                         always("live_stream_url", word("")),
                         always("slot_price", raw_json("[{\"count\":1,\"slot_type\":\"Primary\"}]")),
                         always("is_auto_check_in", boolean(false))},
          .relations = {shown(one_of("location", "locations", 100)), some_id("classroom", "classrooms", Relation::Arity::One, 100),
                        some_id("layout", "layouts", Relation::Arity::One, 80),
                        shown(made("class_session_type", "class_session_types", Relation::Arity::One, class_type)),
                        made("instructors", "employees", Relation::Arity::Many, instructors),
                        made("employee_public_profiles", "employee_public_profiles", Relation::Arity::Many, instructors),
                        no_many("substituted_instructors", "employees"), no_many("tags", "class_session_tags"),
                        made("cancelled_by_user", "users", Relation::Arity::One, cancelled_by)},
          .filters = {{"min_date", FromDay, "start_date"},
                      {"max_date", UntilDay, "start_date"},
                      {"min_datetime", From, "start_datetime"},
                      {"max_datetime", Before, "start_datetime"},
                      {"location", Id, "location"},
                      {"class_session_type", Id, "class_session_type"}},
          .orderings = {"start_datetime"},
          .default_ordering = "-start_datetime",
          .birth = {becomes("cancellation_datetime", Nothing), becomes("archived_at", Nothing)},
          .happenings = {{"cancel", {becomes("cancellation_datetime", Now)}, takes_place},
                         {"archive", {becomes("archived_at", Now), becomes("public", boolean(false))}},
                         {"reschedule", {becomes("start_datetime", an_hour_later)}},
                         {"resize", {becomes("capacity", Another), becomes("available_spots", Another)}},
                         {"substitute", {becomes("instructors", Another), becomes("employee_public_profiles", Another)}},
                         {"relocate", {becomes("location", Another)}}}};
}

}  // namespace syncline::simulators::marianatek
