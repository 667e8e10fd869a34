// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/mutations.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "simulators/marianatek/mutation.hpp"
#include "simulators/marianatek/resources/makers.hpp"
#include "simulators/marianatek/resources/orders.hpp"
#include "simulators/marianatek/resources/people.hpp"
#include "simulators/marianatek/resources/schedule.hpp"
#include "simulators/marianatek/text.hpp"

namespace syncline::simulators::marianatek {
namespace {

bool any(const Row&) { return true; }
bool is_pending(const Row& row) { return row.value("status").text() == "pending"; }
bool is_not_archived(const Row& row) { return row.value("archived_at").kind == Value::Kind::Null; }

int64_t chosen_id(Mutation& mutation, Table& table, const char* argument) {
  if (const auto id = mutation.text(argument)) return table.id_of(mutation.named(table, *id));
  const auto index = mutation.some(table, any);
  if (!index) throw std::invalid_argument("there is nothing in " + std::string(table.resource().type) + " to book with");
  return table.id_of(*index);
}

/// A class that is still to come, or any when the schedule has run out.
int64_t chosen_class(Mutation& mutation, Table& classes) {
  if (mutation.text("class_session") || classes.live() == 0) return chosen_id(mutation, classes, "class_session");
  const int64_t total = classes.total(), begin = int64_t(mutation.random().below(uint64_t(total)));
  for (int64_t step = 0; step < total; ++step) {
    const int64_t index = (begin + step) % total;
    if (classes.is_live(index) && class_start(Row(classes, index)) > mutation.now()) return classes.id_of(index);
  }
  return chosen_id(mutation, classes, "class_session");
}

void book_one(Mutation& mutation) {
  const auto guest = mutation.text("guest_email");
  const auto user = guest ? std::nullopt : std::optional(chosen_id(mutation, mutation.table("users"), "user"));
  const int64_t class_session = chosen_class(mutation, mutation.table("class_sessions"));
  mutation.insert(mutation.table("reservations"), [&](const Row& row, RowChanges& changes) {
    set(changes, row, "status", composed(mutation.text("status").value_or("pending")));
    set(changes, row, "reservation_type", composed(mutation.text("reservation_type").value_or("standard")));
    set(changes, row, "creation_date", instant(mutation.now()));
    set(changes, row, "updated_datetime", instant(mutation.now()));
    for (const std::string_view none : {"cancel_date", "check_in_date", "waitlist_weight"}) set(changes, row, none, null());
    set(changes, row, "guest_email", guest ? composed(*guest) : null());
    set(changes, row, "guest_name", guest ? composed(mutation.text("guest_name").value_or("A Guest")) : null());
    set(changes, row, "reserved_for_guest", boolean(guest.has_value()));
    set(changes, row, "user", user);
    set(changes, row, "booked_on_behalf_of_user", user);
    set(changes, row, "class_session", std::optional(class_session));
  });
}

/// An order over the counter of one to three lines, paid at once; sometimes by nobody that is known.
void sell_one(Mutation& mutation) {
  Table& lines = mutation.table("order_lines");
  const Table& places = mutation.table("locations");
  const Table& people = mutation.table("users");
  const auto place = mutation.some(places, any);
  const bool is_known = mutation.text("user").has_value() || mutation.random().below(10) != 0;
  const auto user = is_known && people.live() > 0 ? std::optional(chosen_id(mutation, mutation.table("users"), "user")) : std::nullopt;

  struct Line {
    const CounterGoods* goods;
    Price price;
  };
  std::vector<Line> sold;
  Price sum;
  std::string titles = "[";
  Ids ids;
  for (uint64_t left = 1 + mutation.random().below(3); left > 0; --left) {
    const CounterGoods& goods = counter_goods(mutation.random().next());
    sold.push_back({&goods, priced(goods.cents, 0, place.value_or(0))});
    sum += sold.back().price;
    if (titles.size() > 1) titles += ',';
    append_json_text(titles, goods.title);
    ids.add(lines.id_of(lines.total() + int64_t(sold.size()) - 1));
  }

  int64_t order_id = 0;
  mutation.insert(mutation.table("orders"), [&](const Row& row, RowChanges& changes) {
    order_id = row.id();
    set_sale(changes, row, sum, 0, 0, mutation.now());
    set(changes, row, "summary", raw_json(titles + "]"));
    set(changes, row, "user", user);
    changes.set(*row.resource().relation("order_lines"), ids);
    if (place)
      for (const auto& [ours, theirs] : {std::pair("location", "name"), std::pair("currency", "currency_code")})
        set(changes, row, ours, Row(places, *place).value(theirs));
  });
  for (const Line& line : sold) {
    mutation.insert(lines, [&](const Row& row, RowChanges& changes) {
      set(changes, row, "title", word(line.goods->title));
      set(changes, row, "line_total", money(line.price.total()));
      for (const std::string_view none : {"options", "transaction_data"}) set(changes, row, none, raw_json("[]"));
      set(changes, row, "updated_datetime", instant(mutation.now()));
      set(changes, row, "order", std::optional(order_id));
      set(changes, row, "location", place ? std::optional(places.id_of(*place)) : std::nullopt);
    });
  }
}

/// One row more, made up like the others or, where rows are woven together, as an event of its own.
void insert_one(Mutation& mutation, Table& table) {
  const std::string_view type = table.resource().type;
  if (type == "reservations") return book_one(mutation);
  if (type == "orders" || type == "order_lines") return sell_one(mutation);
  mutation.insert(table, [&](const Row& row, RowChanges& changes) { mutation.take(row.resource().birth, row, changes); });
}

void repeat(Mutation& mutation, void (*one)(Mutation&)) {
  for (int64_t left = mutation.count(); left > 0; --left) one(mutation);
}
void book(Mutation& mutation) { repeat(mutation, book_one); }
void sell(Mutation& mutation) { repeat(mutation, sell_one); }

void set_status(Mutation& mutation, std::string_view otherwise, std::optional<std::string_view> date) {
  Table& table = mutation.table("reservations");
  for (const int64_t index : mutation.targets(table, is_pending)) {
    mutation.edit(table, index, [&](const Row& row, RowChanges& changes) {
      set(changes, row, "status", composed(mutation.text("status").value_or(std::string(otherwise))));
      if (date) set(changes, row, *date, instant(mutation.now()));
    });
  }
}

void cancel(Mutation& mutation) { set_status(mutation, "standard cancel", "cancel_date"); }
void check_in(Mutation& mutation) { set_status(mutation, "check in", "check_in_date"); }
void no_show(Mutation& mutation) { set_status(mutation, "penalty no show", std::nullopt); }

/// A booking that turns out to have been made earlier, as imports and corrections by the desk do.
void backdate(Mutation& mutation) {
  Table& table = mutation.table("reservations");
  const auto earlier = std::chrono::hours(24) * int64_t(mutation.number("days").value_or(30));
  for (const int64_t index : mutation.targets(table, any)) {
    mutation.edit(table, index, [&](const Row& row, RowChanges& changes) {
      set(changes, row, "creation_date", instant(row.value("creation_date").instant() - earlier));
    });
  }
}

/// What was ordered or, when nothing was, something of it anew.
void edit_user(Mutation& mutation) {
  static constexpr const char* texts[] = {"first_name", "last_name", "email", "phone_number"};
  Table& table = mutation.table("users");
  for (const int64_t index : mutation.targets(table, any)) {
    mutation.edit(table, index, [&](const Row& row, RowChanges& changes) {
      bool ordered = false;
      for (const char* name : texts) {
        const auto text = mutation.text(name);
        if (text) set(changes, row, name, composed(*text));
        ordered = ordered || text;
      }
      const auto balance = mutation.number("account_balance");
      if (balance) set(changes, row, "account_balance", hundredths(std::llround(*balance * 100)));
      if (ordered || balance) return;
      const uint64_t number = mutation.random().next();
      switch (number % 4) {
        case 0:
          set(changes, row, "first_name", composed(std::string(some_first_name(number >> 8)) + " " + std::to_string(number % 1000)));
          break;
        case 1:
          set(changes, row, "email", composed("moved." + std::to_string(number) + "@" + row.tenant().name() + ".example"));
          break;
        case 2:
          set(changes, row, "account_balance", hundredths(row.value("account_balance").number + 1 + int64_t(number >> 8) % 10'000));
          break;
        default:
          set(changes, row, "phone_number", composed(std::to_string(3'000'000'000 + int64_t(number >> 8) % 1'000'000'000)));
      }
    });
  }
}

void archive_user(Mutation& mutation) {
  Table& table = mutation.table("users");
  for (const int64_t index : mutation.targets(table, is_not_archived))
    mutation.edit(table, index, [&](const Row& row, RowChanges& changes) { set(changes, row, "archived_at", instant(mutation.now())); });
}

/// Classes show their type's name, so they change with it.
void rename_class_type(Mutation& mutation) {
  Table& types = mutation.table("class_session_types");
  for (const int64_t index : mutation.targets(types, any)) {
    mutation.edit(types, index, [&](const Row& row, RowChanges& changes) {
      set(changes, row, "name", composed(mutation.text("name").value_or(std::string(row.value("name").text()) + " (new)")));
    });
  }
}

void reschedule(Mutation& mutation) {
  Table& table = mutation.table("class_sessions");
  const auto later = std::chrono::minutes(int64_t(mutation.number("minutes").value_or(60)));
  for (const int64_t index : mutation.targets(table, any))
    mutation.edit(table, index,
                  [&](const Row& row, RowChanges& changes) { set(changes, row, "start_datetime", instant(class_start(row) + later)); });
}

/// Deleted without a trace: no tombstone, and whoever pointed at it still does.
void hard_delete(Mutation& mutation) {
  Table& table = mutation.table(mutation.text("resource").value_or("reservations"));
  for (const int64_t index : mutation.targets(table, any)) mutation.remove(table, index);
}

/// A deleted row comes back as it was.
void restore(Mutation& mutation) {
  const auto id = mutation.text("id");
  if (!id) throw std::invalid_argument("restore names a deleted row by its id");
  mutation.restore(mutation.table(mutation.text("resource").value_or("reservations")), *id);
}

/// New rows of any resource.
void add(Mutation& mutation) {
  Table& table = mutation.table(mutation.text("resource").value_or("users"));
  for (int64_t left = mutation.count(); left > 0; --left) insert_one(mutation, table);
}

void happen(Mutation& mutation, Table& table, int64_t index, const Happening& what) {
  mutation.edit(table, index, [&](const Row& row, RowChanges& changes) { mutation.take(what.steps, row, changes); });
}

/// Something the description knows to happen to rows.
void change(Mutation& mutation) {
  Table& table = mutation.table(mutation.text("resource").value_or("users"));
  const std::string name = mutation.text("what").value_or("");
  const Happening* what = table.resource().happening(name);
  if (what == nullptr) throw std::invalid_argument("nothing called \"" + name + "\" happens to " + std::string(table.resource().type));
  for (const int64_t index : mutation.targets(table, what->suits != nullptr ? what->suits : any)) happen(mutation, table, index, *what);
}

/// One of the things that can happen to some row; whether there was one.
bool change_one(Mutation& mutation, Table& table) {
  const auto& all = table.resource().happenings;
  if (all.empty()) return false;
  const uint64_t first = mutation.random().below(all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    const Happening& what = all[(first + i) % all.size()];
    const auto index = mutation.some(table, what.suits != nullptr ? what.suits : any);
    if (!index) continue;
    happen(mutation, table, *index, what);
    return true;
  }
  return false;
}

/// Whether a booking finds somebody and something to book.
bool can_insert(Mutation& mutation, const Table& table) {
  return table.resource().type != "reservations" || (mutation.table("users").live() > 0 && mutation.table("class_sessions").live() > 0);
}

/// A day at the vendor's: rows come, change and go, in all resources or the named ones. No resource loses more than half of what it had.
void churn(Mutation& mutation) {
  constexpr uint64_t come = 30, go = 15;
  std::vector<std::string> names = mutation.names("resources");
  for (const std::string& name : names) (void)mutation.table(name);
  if (names.empty())
    for (const Resource& resource : resources()) names.emplace_back(resource.type);
  for (int64_t left = mutation.count(); left > 0; --left) {
    Table& table = mutation.table(names[mutation.random().below(names.size())]);
    const uint64_t roll = mutation.random().below(100);
    const bool deletes = roll < go && table.live() > std::max<int64_t>(table.base() / 2, 1);
    if (deletes) {
      mutation.remove(table, *mutation.some(table, any));
    } else if (roll < go + come || !change_one(mutation, table)) {
      if (can_insert(mutation, table)) insert_one(mutation, table);
    }
  }
}

struct Op {
  std::string_view name;
  void (*act)(Mutation&);
};
constexpr Op Ops[] = {{"book", book},
                      {"cancel", cancel},
                      {"check_in", check_in},
                      {"no_show", no_show},
                      {"backdate", backdate},
                      {"edit_user", edit_user},
                      {"archive_user", archive_user},
                      {"rename_class_type", rename_class_type},
                      {"reschedule", reschedule},
                      {"hard_delete", hard_delete},
                      {"restore", restore},
                      {"add", add},
                      {"sell", sell},
                      {"change", change},
                      {"churn", churn}};

}  // namespace

tl::expected<std::vector<RecordChange>, std::string> mutate(Tenant& tenant, const nlohmann::json& order, Timestamp now, uint64_t seed) {
  try {
    Mutation mutation(tenant, order, now, seed);
    const std::string name = mutation.text("op").value_or("");
    for (const Op& op : Ops) {
      if (op.name != name) continue;
      op.act(mutation);
      return mutation.take_changes();
    }
    return tl::unexpected("there is no op \"" + name + "\"");
  } catch (const std::invalid_argument& wrong) {
    return tl::unexpected(std::string(wrong.what()));
  } catch (const nlohmann::json::exception& wrong) {
    return tl::unexpected(std::string(wrong.what()));
  }
}

}  // namespace syncline::simulators::marianatek
