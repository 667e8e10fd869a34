// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/resources/orders.hpp"

#include <algorithm>

#include "simulators/marianatek/mutation.hpp"
#include "simulators/marianatek/resources/list.hpp"
#include "simulators/marianatek/resources/makers.hpp"
#include "simulators/marianatek/resources/purchases.hpp"
#include "simulators/marianatek/text.hpp"

namespace syncline::simulators::marianatek {
namespace {

using namespace std::chrono;

constexpr std::array<CounterGoods, 8> Counter{{{"Grip Socks", 1'600},
                                               {"Café Latte", 450},
                                               {"Late Cancel Fee", 1'500},
                                               {"Gift Card", 10'000},
                                               {"Water, 0.5 l", 299},
                                               {"Drop-In", 3'500},
                                               {"Comp Class", 0},
                                               {"Tank \"Übung\"\tM", 4'200}}};
constexpr std::array<std::string_view, 5> Labels{"Visa ending in 4242", "Mastercard ending in 4444", "Cash", "Account Balance",
                                                 "Gift Card – ÄÖ"};
constexpr std::array<int64_t, 3> TaxPermyriad{887, 825, 2'000};
constexpr days Reach{720};
constexpr int64_t FirstRefunded = 1, FirstSplit = 2;

// --- what was ordered, before anything was changed by hand

enum class Ware { Pack, Membership, Retail };

struct Line {
  Ware ware;
  std::string_view title;
  Price price;
};

int64_t place_of(const Tenant& tenant, int64_t order) {
  static constexpr uint64_t salt = salt_of("place of an order");
  const int64_t places = tenant.table("locations").base();
  return places == 0 ? 0 : int64_t(mixed(tenant.seed() ^ salt, uint64_t(order)) % uint64_t(places));
}

Line line_of(const Tenant& tenant, int64_t line) {
  static constexpr uint64_t salt = salt_of("what a line sells"), discount_salt = salt_of("discount of a line");
  const int64_t block = line / BlockLines, within = line % BlockLines, place = place_of(tenant, order_of_line(tenant, line));
  const uint64_t number = mixed(tenant.seed() ^ salt, uint64_t(line)), chance = mixed(tenant.seed() ^ discount_salt, uint64_t(line));
  Line made{.ware = Ware::Retail, .title = {}, .price = {}};
  int64_t cents = 0;
  if (within == 0) {
    const Goods& goods = pack_goods(tenant, block);
    made = {.ware = Ware::Pack, .title = goods.name, .price = {}};
    cents = goods.cents;
  } else if (within == BlockLines - 1) {
    const Goods& goods = membership_goods(membership_kind(tenant, block));
    made = {.ware = Ware::Membership, .title = goods.name, .price = {}};
    cents = goods.cents;
  } else {
    made.title = counter_goods(number).title;
    cents = counter_goods(number).cents;
  }
  made.price = priced(cents, chance % 8 == 0 ? cents / 10 : 0, place);
  return made;
}

struct Order {
  enum class Refund { None, Part, Whole } refund = Refund::None;
  Price price, first;
  int64_t deferred = 0, deferred_tax = 0, deferred_items = 0, refunded = 0;
  Timestamp placed, updated;
};

Order order_of(const Row& row) {
  static constexpr uint64_t salt = salt_of("refund of an order");
  Order order;
  order.placed = order.updated = order_placed(row);
  const LineRange lines = lines_of_order(row.tenant(), row.index());
  for (int64_t at = lines.begin; at < lines.end; ++at) {
    const Line line = line_of(row.tenant(), at);
    if (at == lines.begin) order.first = line.price;
    order.price += line.price;
    if (line.ware == Ware::Retail) continue;
    ++order.deferred_items;
    order.deferred += line.price.subtotal();
    order.deferred_tax += line.price.tax;
  }
  const int stratum = row.stratum(FirstRefunded);
  if (stratum >= 8 || order.price.total() == 0) return order;
  order.refund = stratum < 5 || order.first.total() == order.price.total() ? Order::Refund::Whole : Order::Refund::Part;
  order.refunded = order.refund == Order::Refund::Whole ? order.price.total() : order.first.total();
  const Timestamp start = row.tenant().start();
  order.updated += std::min<microseconds>(microseconds(row.draw_below(salt, microseconds(days(30)).count())), start - order.placed);
  return order;
}

void append_payment(std::string& list, std::string_view label, std::string_view amount_name, int64_t cents, Timestamp at) {
  list += list.size() > 1 ? ",{\"label\":" : "{\"label\":";
  append_json_text(list, label);
  list.append(",\"").append(amount_name).append("\":");
  append_json(list, money(cents));
  list += ",\"date_created\":";
  append_json(list, instant(at));
  list += '}';
}

Value payments(const Row& row, const Attribute& self) {
  const Order order = order_of(row);
  const int64_t total = order.price.total();
  const std::string_view label = nth(Labels, row.draw(self.salt));
  std::string list = "[";
  const int split = row.stratum(FirstSplit);
  if (total == 0) {
    // Nothing was to be paid.
  } else if (split < 3) {  // two payments that nothing but their place tells apart, when the sum is even
    append_payment(list, label, "amount_allocated", total / 2, order.placed);
    append_payment(list, label, "amount_allocated", total - total / 2, order.placed);
  } else if (split < 12) {
    append_payment(list, Labels[3], "amount_allocated", total / 3, order.placed);
    append_payment(list, label, "amount_allocated", total - total / 3, order.placed + milliseconds(40));
  } else {
    append_payment(list, label, "amount_allocated", total, order.placed);
  }
  return raw_json(list + "]");
}

Value refunds(const Row& row, const Attribute&) {
  const Order order = order_of(row);
  std::string list = "[";
  if (order.refunded > 0)
    append_payment(list, nth(Labels, row.draw(salt_of("payment_sources"))), "amount_refunded", order.refunded, order.updated);
  return raw_json(list + "]");
}

Value number(const Row& row, const Attribute&) { return composed("R" + std::to_string(100'000 + row.id())); }

Value status(const Row& row, const Attribute&) {
  const auto refund = order_of(row).refund;
  return word(refund == Order::Refund::None ? "Completed" : refund == Order::Refund::Whole ? "Refunded" : "Partially Refunded");
}

Value placed(const Row& row, const Attribute&) { return instant(order_placed(row)); }
Value updated(const Row& row, const Attribute&) { return instant(order_of(row).updated); }

/// The name the place had, not its id: the vendor does that, and does not go back to old orders.
Value place_name(const Row& row, const Attribute&) {
  const Table& places = row.tenant().table("locations");
  return places.base() == 0 ? null() : original(Row(places, place_of(row.tenant(), row.index())), "name");
}

Value currency(const Row& row, const Attribute&) {
  const Table& places = row.tenant().table("locations");
  return places.base() == 0 ? word("USD") : original(Row(places, place_of(row.tenant(), row.index())), "currency_code");
}

Value summary(const Row& row, const Attribute&) {
  const LineRange lines = lines_of_order(row.tenant(), row.index());
  std::string list = "[";
  for (int64_t at = lines.begin; at < lines.end; ++at) {
    if (at > lines.begin) list += ',';
    append_json_text(list, line_of(row.tenant(), at).title);
  }
  return raw_json(list + "]");
}

Value purchased_items(const Row& row, const Attribute&) {
  const Ids lines = row.ids("order_lines");
  std::string list = "[";
  for (int i = 0; i < lines.count; ++i) {
    if (i > 0) list += ',';
    list += "{\"item_id\":";
    append_number(list, lines.id[size_t(i)]);
    list += '}';
  }
  return raw_json(list + "]");
}

Value discounts(const Row& row, const Attribute&) {
  const int64_t discount = order_of(row).price.discount;
  if (discount == 0) return raw_json("[]");
  std::string list = "[{\"name\":\"Friends & Family\",\"amount\":";
  append_json(list, money(discount));
  return raw_json(list + "}]");
}

template <int64_t (*cents)(const Order&)>
Attribute amount(std::string_view name) {
  return made(name, [](const Row& row, const Attribute&) { return money(cents(order_of(row))); });
}

int64_t subtotal(const Order& order) { return order.price.subtotal(); }
int64_t list_price(const Order& order) { return order.price.list; }
int64_t total(const Order& order) { return order.price.total(); }
int64_t tax(const Order& order) { return order.price.tax; }
int64_t discount(const Order& order) { return order.price.discount; }
int64_t net_total(const Order& order) { return order.price.total() - order.refunded; }
int64_t refunded(const Order& order) { return order.refunded; }
int64_t refunded_tax(const Order& order) {
  return order.refund == Order::Refund::None ? 0 : order.refund == Order::Refund::Whole ? order.price.tax : order.first.tax;
}
int64_t refunded_subtotal(const Order& order) { return order.refunded - refunded_tax(order); }
int64_t deferred(const Order& order) { return order.deferred; }
int64_t deferred_with_tax(const Order& order) { return order.deferred + order.deferred_tax; }

/// Every tenth sale over the counter is to nobody that is known.
Ids buyer(const Row& row, const Relation& self) {
  Ids ids;
  const Tenant& tenant = row.tenant();
  const int64_t block = row.index() / BlockOrders, which = row.index() % BlockOrders;
  const Table& people = tenant.table(self.type);
  if (people.base() == 0) return ids;
  if (which == 0) {
    ids.add(people.id_of(*owner_of_pack(tenant, block)));
  } else if (which == BlockOrders - 1) {
    ids.add(people.id_of(*owner_of_membership(tenant, block)));
  } else if (block % 10 != 7) {
    ids.add(people.id_of(row.draw_below(self.salt, people.base())));
  }
  return ids;
}

Ids its_lines(const Row& row, const Relation& self) {
  Ids ids;
  const Table& lines = row.tenant().table(self.type);
  const LineRange range = lines_of_order(row.tenant(), row.index());
  for (int64_t at = range.begin; at < range.end; ++at) ids.add(lines.id_of(at));
  return ids;
}

// --- what happens to orders

bool can_be_refunded(const Row& row) { return row.value("status").text() == "Completed" && row.value("total").text() != "0.00"; }

int64_t cents_of(const Value& value) {
  int64_t cents = 0;
  for (const char c : value.text())
    if (c >= '0' && c <= '9') cents = cents * 10 + (c - '0');
  return value.text().starts_with('-') ? -cents : cents;
}

int64_t half_of(const Row& row) { return std::max<int64_t>(cents_of(row.value("total")) / 2, 1); }

Value refund_of(int64_t cents, Timestamp now) {
  std::string list = "[";
  append_payment(list, Labels[0], "amount_refunded", cents, now);
  return raw_json(list + "]");
}

Value whole_refund(const Row& row, Timestamp now) { return refund_of(cents_of(row.value("total")), now); }
Value half_refund(const Row& row, Timestamp now) { return refund_of(half_of(row), now); }
Value whole_total(const Row& row, Timestamp) { return row.value("total"); }
Value whole_tax(const Row& row, Timestamp) { return row.value("total_tax"); }
Value whole_subtotal(const Row& row, Timestamp) { return row.value("subtotal"); }
Value half_total(const Row& row, Timestamp) { return money(half_of(row)); }
Value other_half(const Row& row, Timestamp) { return money(cents_of(row.value("total")) - half_of(row)); }

// --- lines

Value title(const Row& row, const Attribute&) { return word(line_of(row.tenant(), row.index()).title); }
Value line_total(const Row& row, const Attribute&) { return money(line_of(row.tenant(), row.index()).price.total()); }

Value options(const Row& row, const Attribute&) {
  return raw_json(line_of(row.tenant(), row.index()).ware == Ware::Membership ? "[{\"value\":\"bill_on_purchase\"}]" : "[]");
}

/// What the line brought into being: the pack, or the membership's first transaction.
Value transaction_data(const Row& row, const Attribute&) {
  const int64_t block = row.index() / BlockLines, within = row.index() % BlockLines;
  const Table& packs = row.tenant().table("credit_transactions");
  const Table& memberships = row.tenant().table("membership_transactions");
  const auto link = [](std::string_view type, int64_t id) {
    return raw_json("[{\"transaction_type\":\"" + std::string(type) + "\",\"transaction_id\":" + std::to_string(id) + "}]");
  };
  if (within == 0 && block < packs_of(row.tenant())) return link("CreditTransaction", packs.id_of(block * PackRows));
  const bool sold = block < row.tenant().table("membership_instances").base() && block < memberships.base();
  if (within == BlockLines - 1 && sold) return link("MembershipTransaction", memberships.id_of(block));
  return raw_json("[]");
}

Value line_updated(const Row& row, const Attribute&) {
  const Table& placed_orders = row.tenant().table("orders");
  const int64_t order = order_of_line(row.tenant(), row.index());
  return order < placed_orders.base() ? instant(order_of(Row(placed_orders, order)).updated) : instant(row.tenant().start());
}

Ids its_order(const Row& row, const Relation& self) {
  Ids ids;
  const Table& placed_orders = row.tenant().table(self.type);
  const int64_t order = order_of_line(row.tenant(), row.index());
  if (order < placed_orders.base()) ids.add(placed_orders.id_of(order));
  return ids;
}

Ids line_place(const Row& row, const Relation& self) {
  Ids ids;
  const Table& places = row.tenant().table(self.type);
  if (places.base() > 0) ids.add(places.id_of(place_of(row.tenant(), order_of_line(row.tenant(), row.index()))));
  return ids;
}

}  // namespace

Timestamp order_placed(const Row& order) { return in_order(order, Reach); }

const CounterGoods& counter_goods(uint64_t number) { return Counter[number % Counter.size()]; }

Price priced(int64_t cents, int64_t discount, int64_t place) {
  const int64_t taxed = (cents - discount) * TaxPermyriad[size_t(place) % TaxPermyriad.size()];
  return {.list = cents, .discount = discount, .tax = (taxed + 5'000) / 10'000};
}

void set_sale(RowChanges& changes, const Row& order, const Price& price, int64_t deferred, int64_t deferred_items, Timestamp at) {
  std::string paid = "[";
  if (price.total() != 0) append_payment(paid, Labels[0], "amount_allocated", price.total(), at);
  set(changes, order, "status", word("Completed"));
  set(changes, order, "date_placed", instant(at));
  set(changes, order, "updated_datetime", instant(at));
  set(changes, order, "payment_sources", raw_json(paid + "]"));
  for (const std::string_view none : {"payment_refunds", "discounts"}) set(changes, order, none, raw_json("[]"));
  for (const std::string_view none : {"refund_subtotal", "refund_total", "refund_total_tax", "total_amount_refunded"})
    set(changes, order, none, money(0));
  set(changes, order, "contains_refund", boolean(false));
  set(changes, order, "subtotal", money(price.subtotal()));
  set(changes, order, "subtotal_excl_discounts", money(price.list));
  set(changes, order, "total_discount", money(price.discount));
  set(changes, order, "total_tax", money(price.tax));
  for (const std::string_view all : {"subtotal_incl_tax", "total", "net_total"}) set(changes, order, all, money(price.total()));
  set(changes, order, "deferred_item_count", integer(deferred_items));
  for (const std::string_view sum : {"deferred_item_total", "deferred_item_total_incl_tax"}) set(changes, order, sum, money(deferred));
}

Resource orders() {
  using enum Filter::Test;
  return {
      .type = "orders",
      .first_id = 90'001,
      .rows = {.tiny = 120, .studio = 90'000, .chain = 2'000'000},
      .attributes = {made("number", number),
                     made("status", status),
                     made("date_placed", placed),
                     made("updated_datetime", updated),
                     made("currency", currency),
                     made("location", place_name),
                     made("summary", summary),
                     amount<subtotal>("subtotal"),
                     amount<list_price>("subtotal_excl_discounts"),
                     amount<total>("subtotal_incl_tax"),
                     amount<total>("total"),
                     amount<tax>("total_tax"),
                     amount<discount>("total_discount"),
                     amount<net_total>("net_total"),
                     amount<refunded>("total_amount_refunded"),
                     made("contains_refund", [](const Row& row, const Attribute&) { return boolean(order_of(row).refunded > 0); }),
                     amount<refunded_subtotal>("refund_subtotal"),
                     amount<refunded>("refund_total"),
                     amount<refunded_tax>("refund_total_tax"),
                     made("deferred_item_count", [](const Row& row, const Attribute&) { return integer(order_of(row).deferred_items); }),
                     amount<deferred>("deferred_item_total"),
                     amount<deferred_with_tax>("deferred_item_total_incl_tax"),
                     always("has_deferred_payments", boolean(false)),
                     always("has_interac_payments", boolean(false)),
                     always("should_display_price_include_tax", boolean(false)),
                     chance("is_refundable", 80),
                     chance("is_past_refund_date", 20),
                     always("nonrefundable_reasons", raw_json("[]")),
                     made("discounts", discounts),
                     made("payment_sources", payments),
                     made("payment_refunds", refunds),
                     always("refund_sources", raw_json("[]")),
                     made("purchased_items", purchased_items)},
      .relations = {made("user", "users", Relation::Arity::One, buyer), one_of("broker", "users", 30),
                    some_id("cart", "carts", Relation::Arity::One, 90),
                    made("order_lines", "order_lines", Relation::Arity::Many, its_lines), no_one("parent_order", "orders"),
                    some_id("fulfillment_partner", "partners", Relation::Arity::One, 95),
                    some_id("originating_partner", "partners", Relation::Arity::One, 95),
                    some_id("billing_address", "billing_addresses", Relation::Arity::One, 40)},
      .filters = {{"user", Id, "user"},
                  {"status", Equal, "status"},
                  {"min_updated_datetime", From, "updated_datetime"},
                  {"max_updated_datetime", Before, "updated_datetime"},
                  {"min_datetime", From, "date_placed"},
                  {"max_datetime", Before, "date_placed"}},
      .orderings = {"date_placed", "updated_datetime"},
      .happenings = {
          {"refund",
           {becomes("status", word("Refunded")), becomes("contains_refund", boolean(true)), becomes("net_total", money(0)),
            becomes("total_amount_refunded", whole_total), becomes("refund_total", whole_total), becomes("refund_total_tax", whole_tax),
            becomes("refund_subtotal", whole_subtotal), becomes("payment_refunds", whole_refund), becomes("is_refundable", boolean(false))},
           can_be_refunded},
          {"partial_refund",
           {becomes("status", word("Partially Refunded")), becomes("contains_refund", boolean(true)), becomes("net_total", other_half),
            becomes("total_amount_refunded", half_total), becomes("refund_total", half_total), becomes("refund_subtotal", half_total),
            becomes("payment_refunds", half_refund)},
           can_be_refunded},
          {"assign", {becomes("user", Step::To::Another), becomes("broker", Step::To::Another)}}}};
}

Resource order_lines() {
  using enum Filter::Test;
  return {.type = "order_lines",
          .first_id = 150'001,
          .rows = {.tiny = 200, .studio = 150'000, .chain = 3'333'333},
          .attributes = {made("title", title), made("line_total", line_total), made("options", options),
                         made("transaction_data", transaction_data), made("updated_datetime", line_updated)},
          .relations = {made("order", "orders", Relation::Arity::One, its_order),
                        made("location", "locations", Relation::Arity::One, line_place), no_many("child_orders", "orders")},
          .filters = {{"order", Id, "order"},
                      {"user", Id, "order.user"},
                      {"location", Id, "location"},
                      {"min_updated_datetime", From, "updated_datetime"},
                      {"max_updated_datetime", Before, "updated_datetime"}},
          .orderings = {"updated_datetime"},
          .happenings = {{"move_location", {becomes("location", Step::To::Another)}}, {"retitle", {becomes("title", Step::To::Another)}}}};
}

}  // namespace syncline::simulators::marianatek
