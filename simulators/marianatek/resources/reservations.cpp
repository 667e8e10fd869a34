// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "simulators/marianatek/resources/list.hpp"
#include "simulators/marianatek/resources/makers.hpp"
#include "simulators/marianatek/resources/people.hpp"
#include "simulators/marianatek/resources/purchases.hpp"
#include "simulators/marianatek/resources/schedule.hpp"

namespace syncline::simulators::marianatek {
namespace {

using namespace std::chrono;

struct Share {
  std::string_view status;
  int percent;
};
constexpr Share PastStatuses[] = {{"check in", 70},       {"standard cancel", 9}, {"penalty cancel", 5}, {"graced cancel", 2},
                                  {"penalty no show", 4}, {"graced no show", 2},  {"removed", 2},        {"class cancelled", 2},
                                  {"penalty removed", 2}, {"pending", 2}};
constexpr Share FutureStatuses[] = {{"pending", 84},        {"standard cancel", 9}, {"graced cancel", 2},
                                    {"class cancelled", 2}, {"removed", 2},         {"penalty cancel", 1}};
constexpr microseconds Reach = ScheduleReach;
constexpr int64_t FirstGuest = 3;

bool is_guest(const Row& row) { return row.stratum(FirstGuest) < 4; }

/// Ids ascend with the time of booking, as at the vendor.
Timestamp made_at(const Row& row) {
  static constexpr uint64_t salt = salt_of("made_at");
  const int64_t rows = std::max<int64_t>(row.table().base(), 1), slot = Reach.count() / rows;
  return row.tenant().start() - Reach + microseconds(slot * row.index() + row.draw_below(salt, slot));
}

/// A class within nine days after the booking; the first one after it, when the schedule is thin.
Ids class_session(const Row& row, const Relation& self) {
  Ids ids;
  const Table& classes = row.tenant().table(self.type);
  if (classes.base() == 0) return ids;
  const microseconds ahead = hours(1) + microseconds(row.draw_below(self.salt, microseconds(days(9)).count()));
  const double share = double((made_at(row) + ahead - (row.tenant().start() - Reach)).count()) / double(2 * Reach.count());
  ids.add(classes.id_of(std::clamp<int64_t>(int64_t(share * double(classes.base())) + 1, 0, classes.base() - 1)));
  return ids;
}

/// What is known of a booking before anything was changed by hand: everything that has to agree with each other.
struct Story {
  std::string_view status = "pending";
  Timestamp created, updated;
  std::optional<Timestamp> cancelled, checked_in;
};

template <size_t Count>
std::string_view by_share(const Share (&shares)[Count], int stratum) {
  for (const Share& share : shares) {
    if (stratum < share.percent) return share.status;
    stratum -= share.percent;
  }
  return shares[0].status;
}

bool is_cancel(std::string_view status) { return status.ends_with("cancel") || status.ends_with("removed") || status == "class cancelled"; }

Story story_of(const Row& row) {
  static constexpr uint64_t salt = salt_of("story");
  const Timestamp start = row.tenant().start();
  Story story;
  story.created = story.updated = made_at(row);
  const Ids booked = original_ids(row, "class_session");
  if (booked.count == 0) return story;
  const Table& classes = row.tenant().table("class_sessions");
  const std::optional<Row> booked_class(Row(classes, *classes.index_of(booked.id[0])));
  // The class's own plan, not a rescheduled one: moving a class does not rewrite what happened to its bookings.
  const Attribute& plan = *booked_class->resource().attribute("start_datetime");
  const Timestamp begins = plan.make(*booked_class, plan).instant();

  if (const auto cancelled = class_cancelled(*booked_class)) {
    story.status = "class cancelled";
    story.cancelled = story.updated = std::max(*cancelled, story.created + microseconds(1));
    return story;
  }
  story.status = begins <= start ? by_share(PastStatuses, row.stratum(0)) : by_share(FutureStatuses, row.stratum(0));
  const Timestamp latest = std::max(std::min(begins, start), story.created + microseconds(1));
  if (is_cancel(story.status)) {
    story.cancelled = story.created + microseconds(row.draw_below(salt, (latest - story.created).count()));
    story.updated = *story.cancelled;
  } else if (story.status == "check in") {
    story.checked_in = std::max(latest - microseconds(row.draw_below(salt, microseconds(minutes(15)).count())), story.created);
    story.updated = *story.checked_in;
  } else if (story.status.ends_with("no show")) {
    story.updated = std::max(story.created, std::min(latest + minutes(10), start));
  }
  return story;
}

Value maybe(const std::optional<Timestamp>& at) { return at ? instant(*at) : null(); }

Value status(const Row& row, const Attribute&) { return word(story_of(row).status); }
Value creation_date(const Row& row, const Attribute&) { return instant(made_at(row)); }
Value cancel_date(const Row& row, const Attribute&) { return maybe(story_of(row).cancelled); }
Value check_in_date(const Row& row, const Attribute&) { return maybe(story_of(row).checked_in); }
Value updated_datetime(const Row& row, const Attribute&) { return instant(story_of(row).updated); }

Value reservation_type(const Row& row, const Attribute&) {
  const int stratum = row.stratum(1);
  return word(stratum < 4 ? "standby" : stratum < 12 ? "waitlist" : "standard");
}

Value waitlist_weight(const Row& row, const Attribute& self) {
  return row.value("reservation_type").text() == "waitlist" ? integer(1 + row.draw_below(self.salt, 20)) : null();
}

Value reserved_for_guest(const Row& row, const Attribute&) { return boolean(row.ids("user").count == 0 && is_guest(row)); }

/// Four guests of ten wrote an address that a customer has, too.
Value guest_email(const Row& row, const Attribute& self) {
  if (!is_guest(row)) return null();
  const Table& people = row.tenant().table("users");
  if (people.base() > 0 && row.draw_below(self.salt, 10) < 4)
    return composed(own_email(Row(people, row.draw_below(self.salt + 1, people.base()))));
  return composed("guest." + std::to_string(row.id()) + "@guests.example");
}

Value guest_name(const Row& row, const Attribute& self) {
  if (!is_guest(row)) return null();
  return composed(std::string(some_first_name(row.draw(self.salt))) + " " + std::string(some_last_name(row.draw(self.salt + 1))));
}

Ids user(const Row& row, const Relation& self) {
  Ids ids;
  const Table& people = row.tenant().table(self.type);
  if (people.base() > 0 && !is_guest(row)) ids.add(people.id_of(row.draw_below(self.salt, people.base())));
  return ids;
}

Ids same_user(const Row& row, const Relation&) { return row.ids("user"); }

/// A booking is paid with a membership, or with credits, or with neither; who has none of his own was paid for by somebody else.
bool is_paid_with(const Row& row, const Relation& self) {
  static constexpr uint64_t salt = salt_of("payment");
  const int64_t how = row.draw_below(salt, 100);
  return how >= self.low && how < self.high;
}

int64_t payer(const Row& row, uint64_t salt) {
  const Table& people = row.tenant().table("users");
  const Ids user = row.ids("user");
  const auto index = user.count == 0 ? std::nullopt : people.index_of(user.id[0]);
  return index.value_or(row.draw_below(salt, people.base()));
}

Ids credit_used(const Row& row, const Relation& self) {
  Ids ids;
  if (!is_paid_with(row, self)) return ids;
  const Table& uses = row.tenant().table(self.type);
  const uint64_t number = row.draw(self.salt);
  const int64_t packs = packs_of(row.tenant());
  if (packs == 0) return ids;
  const int64_t pack = some_pack_of(row.tenant(), payer(row, self.salt + 1), number).value_or(int64_t(number % uint64_t(packs)));
  const int64_t use = pack * PackRows + 1 + int64_t(number % (PackRows - 1));
  if (use < uses.base()) ids.add(uses.id_of(use));
  return ids;
}

Ids membership_used(const Row& row, const Relation& self) {
  Ids ids;
  if (!is_paid_with(row, self)) return ids;
  const Table& uses = row.tenant().table(self.type);
  const int64_t instances = row.tenant().table("membership_instances").base();
  if (instances == 0) return ids;
  const uint64_t number = row.draw(self.salt);
  const int64_t instance =
      some_membership_of(row.tenant(), payer(row, self.salt + 1), number).value_or(int64_t(number % uint64_t(instances)));
  const int64_t usages = (uses.base() - 1 - instance) / instances;  // behind the first transaction, which is the purchase
  if (uses.base() > instance && usages > 0) ids.add(uses.id_of(instance + instances * (1 + int64_t(number % uint64_t(usages)))));
  return ids;
}

Relation paid_with(std::string_view name, int64_t from, int64_t until, MakeIds make) {
  return {.name = name, .type = name, .arity = Relation::Arity::Many, .make = make, .low = from, .high = until};
}

bool is_pending(const Row& row) { return row.value("status").text() == "pending"; }

}  // namespace

Resource reservations() {
  using enum Step::To;
  using enum Filter::Test;
  return {
      .type = "reservations",
      .first_id = 5'001,
      .rows = {.tiny = 300, .studio = 250'000, .chain = 4'000'000},
      .attributes = {made("status", status), made("reservation_type", reservation_type), made("creation_date", creation_date),
                     made("cancel_date", cancel_date), made("check_in_date", check_in_date), made("updated_datetime", updated_datetime),
                     made("guest_email", guest_email), made("guest_name", guest_name), made("reserved_for_guest", reserved_for_guest),
                     made("waitlist_weight", waitlist_weight), blank("admin_waitlist_position"), blank("live_stream_url"),
                     always("live_stream_window", integer(20)), chance("used_geo_checkin", 10), chance("first_timer", 6)},
      .relations = {made("user", "users", Relation::Arity::One, user),
                    made("booked_on_behalf_of_user", "users", Relation::Arity::One, same_user), one_of("broker", "users", 6),
                    made("class_session", "class_sessions", Relation::Arity::One, class_session),
                    some_id("spot", "spots", Relation::Arity::One, 60), some_of("tags", "reservation_tags", 4),
                    paid_with("credit_transactions", 0, 35, credit_used), paid_with("membership_transactions", 35, 85, membership_used)},
      .filters = {{"class_session", Id, "class_session"},
                  {"user", Id, "user"},
                  {"location", Id, "class_session.location"},
                  {"class_session_location", Id, "class_session.location"},
                  {"status", Equal, "status"},
                  {"reservation_type", Equal, "reservation_type"},
                  {"min_updated_datetime", From, "updated_datetime"},
                  {"max_updated_datetime", Before, "updated_datetime"},
                  {"class_session_min_datetime", From, "class_session.start_datetime"},
                  {"class_session_max_datetime", Before, "class_session.start_datetime"},
                  {"class_session_min_date", FromDay, "class_session.start_date"},
                  {"class_session_max_date", UntilDay, "class_session.start_date"}},
      .orderings = {"creation_date", "updated_datetime"},
      .happenings = {{"cancel", {becomes("status", word("standard cancel")), becomes("cancel_date", Now)}, is_pending},
                     {"cancel_late", {becomes("status", word("penalty cancel")), becomes("cancel_date", Now)}, is_pending},
                     {"check_in", {becomes("status", word("check in")), becomes("check_in_date", Now)}, is_pending},
                     {"no_show", {becomes("status", word("penalty no show"))}, is_pending},
                     {"forgive", {becomes("status", word("graced cancel"))}},
                     {"tag", {becomes("tags", Another)}},
                     {"move", {becomes("class_session", Another)}}}};
}

}  // namespace syncline::simulators::marianatek
