// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "simulators/marianatek/resources/list.hpp"
#include "simulators/marianatek/resources/makers.hpp"
#include "simulators/marianatek/resources/purchases.hpp"

namespace syncline::simulators::marianatek {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 3> GuestUsage{"users-only", "users-and-guests", "guests-only"};
constexpr std::array<std::string_view, 3> Reasons{"Moving away", "Price", "Injury – \"knee\""};
constexpr std::array<std::string_view, 2> Billing{"automatic", "manual"};
constexpr days Reach{720};

// --- kinds

Value kind_name(const Row& row, const Attribute&) {
  constexpr int64_t different = 6;
  const std::string name(membership_goods(row.index()).name);
  return composed(row.index() < different ? name : name + " " + std::to_string(row.index() / different + 1));
}

// --- instances

struct Share {
  std::string_view status;
  int percent;
};
constexpr Share Statuses[] = {{"active", 52},
                              {"cancelled", 13},
                              {"done", 10},
                              {"payment_failure", 6},
                              {"terminated", 6},
                              {"frozen", 5},
                              {"pending_start_date", 4},
                              {"pending_customer_activation", 4}};

/// A membership before anything was changed by hand: what has to agree with each other.
struct Plan {
  std::string_view status = "active";
  int64_t kind = 0;
  Timestamp purchased, updated;
  std::optional<Timestamp> begins, ends, interval_begins, interval_ends, cancelled, frozen, reactivated;
  int64_t renewals = 0;
};

Timestamp later(Timestamp from, const Goods& goods, int64_t times) {
  const int64_t length = goods.size * times;
  if (goods.interval == "DY") return from + days(length);
  if (goods.interval == "WK") return from + days(7 * length);
  const year_month_day date(floor<days>(from));
  const int64_t month_count = goods.interval == "YR" ? 12 * length : length;
  year_month_day moved = date + months(month_count);
  if (!moved.ok()) moved = moved.year() / moved.month() / last;
  return sys_days(moved);
}

/// How many intervals are over; 0 when the first one is not.
int64_t intervals_over(Timestamp from, Timestamp now, const Goods& goods) {
  const auto over = duration_cast<days>(now - from).count();
  const int64_t longest = goods.interval == "DY" ? 1 : goods.interval == "WK" ? 7 : goods.interval == "MO" ? 31 : 366;
  int64_t times = std::max<int64_t>(over / (longest * goods.size), 0);
  while (later(from, goods, times + 1) <= now) ++times;
  return times;
}

Plan plan_of(const Row& row) {
  static constexpr uint64_t end_salt = salt_of("end of a membership"), notice_salt = salt_of("notice of a membership");
  const Tenant& tenant = row.tenant();
  const Timestamp start = tenant.start();
  const auto today = floor<days>(start);
  Plan plan;
  plan.kind = membership_kind(tenant, row.index());
  const Goods& goods = membership_goods(plan.kind);
  plan.purchased = plan.updated = membership_bought(tenant, row.index()).value_or(in_order(row, Reach));
  int stratum = row.stratum(0);
  for (const Share& share : Statuses) {
    plan.status = share.status;
    stratum -= share.percent;
    if (stratum < 0) break;
  }
  if (plan.status == "pending_customer_activation") return plan;
  if (plan.status == "pending_start_date") {
    plan.begins = today + days(1 + row.draw_below(end_salt, 30));
    return plan;
  }
  plan.begins = floor<days>(plan.purchased);
  const microseconds so_far = start - plan.purchased;
  if (plan.status == "cancelled" || plan.status == "terminated" || plan.status == "done") {
    plan.ends = floor<days>(plan.purchased + microseconds(row.draw_below(end_salt, so_far.count())));
    plan.updated = std::max<Timestamp>(plan.purchased, *plan.ends);
    if (plan.status != "done") plan.cancelled = plan.updated;
    return plan;
  }
  plan.renewals = intervals_over(*plan.begins, start, goods);
  plan.interval_begins = later(*plan.begins, goods, plan.renewals);
  plan.interval_ends = later(*plan.begins, goods, plan.renewals + 1) - days(1);
  plan.updated = std::clamp<Timestamp>(*plan.interval_begins, plan.purchased, start);
  if (plan.status == "frozen") {
    plan.frozen = plan.updated;
    if (row.draw_below(end_salt, 2) == 0) plan.reactivated = today + days(20);
  }
  // Whoever gave notice stays active until the end of what is paid.
  if (plan.status == "active" && row.draw_below(notice_salt, 10) == 0) {
    plan.cancelled = plan.updated;
    plan.ends = plan.interval_ends;
  }
  return plan;
}

Value maybe(const std::optional<Timestamp>& at) { return at ? instant(*at) : null(); }
Value maybe_day(const std::optional<Timestamp>& at) { return at ? day(*at) : null(); }

template <auto member>
Value plan_instant(const Row& row, const Attribute&) {
  return maybe(plan_of(row).*member);
}
template <auto member>
Value plan_day(const Row& row, const Attribute&) {
  return maybe_day(plan_of(row).*member);
}

Value status(const Row& row, const Attribute&) { return word(plan_of(row).status); }
Value purchased(const Row& row, const Attribute&) { return instant(plan_of(row).purchased); }
Value updated(const Row& row, const Attribute&) { return instant(plan_of(row).updated); }
Value renewals(const Row& row, const Attribute&) { return integer(plan_of(row).renewals); }
Value next_charge(const Row& row, const Attribute&) {
  const Plan plan = plan_of(row);
  return plan.interval_ends && !plan.ends ? day(*plan.interval_ends + days(1)) : null();
}
Value reason(const Row& row, const Attribute& self) { return plan_of(row).cancelled ? word(nth(Reasons, row.draw(self.salt))) : null(); }

/// The name the kind had at the purchase: a kind that is renamed does not rename what was sold.
Value name_when_sold(const Row& row, const Attribute&) {
  const Table& kinds = row.tenant().table("memberships");
  return kinds.base() == 0 ? word("") : original(Row(kinds, plan_of(row).kind), "name");
}

Value rate(const Row& row, const Attribute&) { return money(membership_goods(plan_of(row).kind).cents); }
Value rate_with_tax(const Row& row, const Attribute&) {
  const int64_t cents = membership_goods(plan_of(row).kind).cents;
  return money(cents + (cents * 887 + 5'000) / 10'000);
}
Value interval(const Row& row, const Attribute&) { return word(membership_goods(plan_of(row).kind).interval); }
Value interval_length(const Row& row, const Attribute&) { return integer(membership_goods(plan_of(row).kind).size); }
Value is_intro(const Row& row, const Attribute&) { return boolean(membership_goods(plan_of(row).kind).interval == "DY"); }

Ids owner(const Row& row, const Relation& self) {
  Ids ids;
  if (const auto user = owner_of_membership(row.tenant(), row.index())) ids.add(row.tenant().table(self.type).id_of(*user));
  return ids;
}

Ids kind(const Row& row, const Relation& self) {
  Ids ids;
  const Table& kinds = row.tenant().table(self.type);
  if (kinds.base() > 0) ids.add(kinds.id_of(plan_of(row).kind));
  return ids;
}

bool is_running(const Row& row) {
  const std::string_view now = row.value("status").text();
  return now == "active" || now == "frozen" || now == "payment_failure";
}

// --- transactions: the first of an instance is its purchase, the others are its usages

int64_t instances(const Row& transaction) { return transaction.tenant().table("membership_instances").base(); }
bool is_usage(const Row& transaction) { return transaction.index() >= instances(transaction); }

std::optional<Row> instance_of(const Row& transaction) {
  const int64_t count = instances(transaction);
  if (count == 0) return std::nullopt;
  return Row(transaction.tenant().table("membership_instances"), transaction.index() % count);
}

Value transaction_time(const Row& row, const Attribute& self) {
  const auto of = instance_of(row);
  if (!of) return instant(in_order(row, Reach));
  const Timestamp purchase = plan_of(*of).purchased;
  return instant(is_usage(row) ? purchase + microseconds(row.draw_below(self.salt, (row.tenant().start() - purchase).count())) : purchase);
}

Value transaction_amount(const Row& row, const Attribute&) { return integer(is_usage(row) ? -1 : 0); }
Value transaction_name(const Row& row, const Attribute&) {
  const auto of = instance_of(row);
  return of ? original(*of, "membership_name") : word("");
}
Value transaction_interval_begins(const Row& row, const Attribute&) {
  const auto of = instance_of(row);
  return of ? maybe_day(plan_of(*of).begins) : null();
}
Value transaction_interval_ends(const Row& row, const Attribute&) {
  const auto of = instance_of(row);
  if (!of) return null();
  const Plan plan = plan_of(*of);
  return plan.begins ? day(later(*plan.begins, membership_goods(plan.kind), 1) - days(1)) : null();
}
Value transaction_next_charge(const Row& row, const Attribute&) {
  const auto of = instance_of(row);
  return of && !is_usage(row) ? original(*of, "next_charge_date") : null();
}

Ids transaction_user(const Row& row, const Relation&) {
  const auto of = instance_of(row);
  return of ? original_ids(*of, "user") : Ids{};
}

Ids transaction_instance(const Row& row, const Relation&) {
  Ids ids;
  if (const auto of = instance_of(row)) ids.add(of->id());
  return ids;
}

Ids transaction_parent(const Row& row, const Relation&) {
  Ids ids;
  const auto of = instance_of(row);
  if (of && is_usage(row)) ids.add(row.table().id_of(of->index()));
  return ids;
}

}  // namespace

Resource memberships() {
  using enum Step::To;
  return {.type = "memberships",
          .first_id = 501,
          .rows = {.tiny = 6, .studio = 12, .chain = 60},
          .attributes = {made("name", kind_name), chance("is_active", 85), drawn("guest_usage", GuestUsage), chance("is_live_stream", 5),
                         chance("ding_exempt", 10), always("turf_rules", raw_json("[]"))},
          .relations = {some_id("booking_window", "booking_windows", Relation::Arity::One, 40),
                        some_id("late_cancel_window", "late_cancel_windows", Relation::Arity::One, 40),
                        no_one("permission_specification", "payment_permission_specifications")},
          .filters = {{"is_active", Filter::Test::Flag, "is_active"}},
          .orderings = {"name"},
          .happenings = {{"rename", {becomes("name", Fresh)}},
                         {"retire", {becomes("is_active", boolean(false))}},
                         {"open", {becomes("guest_usage", Another), becomes("ding_exempt", Another)}}}};
}

Resource membership_instances() {
  using enum Step::To;
  using enum Filter::Test;
  return {.type = "membership_instances",
          .first_id = 9'001,
          .rows = {.tiny = 44, .studio = 8'000, .chain = 160'000},
          .attributes = {made("membership_name", name_when_sold),
                         made("status", status),
                         made("renewal_rate", rate),
                         made("renewal_rate_incl_tax", rate_with_tax),
                         always("renewal_currency", word("USD")),
                         made("payment_interval", interval),
                         made("payment_interval_length", interval_length),
                         made("payment_interval_start_date", plan_day<&Plan::interval_begins>),
                         made("payment_interval_end_date", plan_day<&Plan::interval_ends>),
                         made("purchase_date", purchased),
                         made("updated_datetime", updated),
                         made("start_date", plan_day<&Plan::begins>),
                         made("end_date", plan_day<&Plan::ends>),
                         made("scheduled_start_datetime", plan_instant<&Plan::begins>),
                         made("scheduled_end_datetime", plan_instant<&Plan::ends>),
                         made("calculated_start_datetime", plan_instant<&Plan::begins>),
                         made("calculated_end_datetime", plan_instant<&Plan::ends>),
                         made("next_charge_date", next_charge),
                         made("cancellation_datetime", plan_instant<&Plan::cancelled>),
                         made("cancellation_reason", reason),
                         blank("commitment_length"),
                         made("renewal_count", renewals),
                         blank("remaining_renewal_count"),
                         blank("renewal_limit"),
                         made("freeze_datetime", plan_instant<&Plan::frozen>),
                         made("freeze_reactivation_datetime", plan_instant<&Plan::reactivated>),
                         made("is_intro_offer", is_intro),
                         blank("usage_interval_limit"),
                         blank("guest_usage_interval_limit"),
                         blank("last_interval_remaining_usage_count"),
                         drawn("billing_type", Billing),
                         blank("adjustment_renewal_rate"),
                         blank("adjustment_interval_count"),
                         always("should_display_price_include_tax", boolean(false))},
          .relations = {made("user", "users", Relation::Arity::One, owner), made("membership", "memberships", Relation::Arity::One, kind),
                        some_id("membership_product", "products", Relation::Arity::One, 90), one_of("purchase_location", "locations", 85)},
          .filters = {{"user", Id, "user"},
                      {"membership", Id, "membership"},
                      {"status", Equal, "status"},
                      {"min_updated_datetime", From, "updated_datetime"},
                      {"max_updated_datetime", Before, "updated_datetime"}},
          .orderings = {"purchase_date", "updated_datetime"},
          .birth = {becomes("status", word("active")), becomes("purchase_date", Now), becomes("updated_datetime", Now),
                    becomes("start_date", Today), becomes("scheduled_start_datetime", Now), becomes("calculated_start_datetime", Now),
                    becomes("payment_interval_start_date", Today), becomes("end_date", Nothing), becomes("scheduled_end_datetime", Nothing),
                    becomes("calculated_end_datetime", Nothing), becomes("cancellation_datetime", Nothing),
                    becomes("cancellation_reason", Nothing), becomes("freeze_datetime", Nothing),
                    becomes("freeze_reactivation_datetime", Nothing), becomes("renewal_count", integer(0))},
          .happenings = {{"freeze", {becomes("status", word("frozen")), becomes("freeze_datetime", Now)}, is_running},
                         {"cancel",
                          {becomes("status", word("cancelled")), becomes("cancellation_datetime", Now), becomes("end_date", Today),
                           becomes("scheduled_end_datetime", Now), becomes("calculated_end_datetime", Now),
                           becomes("cancellation_reason", word("Price")), becomes("next_charge_date", Nothing)},
                          is_running},
                         {"fail", {becomes("status", word("payment_failure"))}, is_running},
                         {"raise", {becomes("renewal_rate", word("199.95")), becomes("renewal_rate_incl_tax", word("217.69"))}},
                         {"renew", {becomes("status", word("active")), becomes("payment_interval_start_date", Today)}, is_running},
                         {"move", {becomes("purchase_location", Another)}}}};
}

Resource membership_transactions() {
  using enum Step::To;
  using enum Filter::Test;
  return {.type = "membership_transactions",
          .first_id = 60'001,
          .rows = {.tiny = 220, .studio = 60'000, .chain = 1'200'000},
          .attributes = {made("transaction_datetime", transaction_time), made("transaction_amount", transaction_amount),
                         made("membership_name", transaction_name), made("payment_interval_start_date", transaction_interval_begins),
                         made("payment_interval_end_date", transaction_interval_ends), made("next_charge_date", transaction_next_charge),
                         made("updated_datetime", transaction_time)},
          .relations = {made("user", "users", Relation::Arity::One, transaction_user),
                        made("membership_instance", "membership_instances", Relation::Arity::One, transaction_instance),
                        made("parent_membership_transaction", "membership_transactions", Relation::Arity::One, transaction_parent)},
          .filters = {{"user", Id, "user"},
                      {"membership_instance", Id, "membership_instance"},
                      {"min_updated_datetime", From, "updated_datetime"},
                      {"max_updated_datetime", Before, "updated_datetime"}},
          .orderings = {"transaction_datetime", "updated_datetime"},
          .birth = {becomes("transaction_datetime", Now), becomes("updated_datetime", Now)},
          .happenings = {{"amend", {becomes("payment_interval_end_date", Today)}}, {"undo", {becomes("transaction_amount", integer(0))}}}};
}

}  // namespace syncline::simulators::marianatek
