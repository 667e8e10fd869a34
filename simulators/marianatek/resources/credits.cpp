// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "simulators/marianatek/resources/list.hpp"
#include "simulators/marianatek/resources/makers.hpp"
#include "simulators/marianatek/resources/purchases.hpp"

namespace syncline::simulators::marianatek {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 4> CreditNames{"Class Credit", "Pilates Credit", "Guest Pass", "Credit – Été"};
constexpr std::array<std::string_view, 2> Units{"month", "week"};
constexpr std::array<int64_t, 4> Quantities{10, 5, 20, 14};
constexpr days Reach{720};

Value credit_name(const Row& row, const Attribute&) { return composed(numbered(CreditNames, row.index())); }

/// Every seventh kind is no longer sold.
Value archived(const Row& row, const Attribute& self) {
  return row.index() % 7 == 6 ? instant(row.tenant().start() - seconds(1 + row.draw_below(self.salt, 30'000'000))) : null();
}

Value slug(const Row& row, const Attribute&) { return composed("pack-" + std::to_string(row.id())); }
Value quantity(const Row& row, const Attribute&) { return integer(Quantities[size_t(row.index()) % Quantities.size()]); }

// --- transactions: a pack that was granted, and behind it what was used of it

int64_t pack_of(const Row& row) { return row.index() / PackRows; }
bool is_grant(const Row& row) { return row.index() % PackRows == 0; }

Timestamp granted(const Row& row) {
  const Row grant(row.table(), pack_of(row) * PackRows);
  return pack_bought(row.tenant(), pack_of(row)).value_or(in_order(grant, Reach));
}

/// A half of the packs is good for three months, the others do not expire.
std::optional<Timestamp> expires(const Row& row) {
  if (pack_of(row) % 2 == 1) return std::nullopt;
  return floor<days>(granted(row)) + days(90) + hours(5);
}

Timestamp transaction_instant(const Row& row) {
  static constexpr uint64_t salt = salt_of("use of a credit");
  if (is_grant(row)) return granted(row);
  return granted(row) + microseconds(row.draw_below(salt, (row.tenant().start() - granted(row)).count()));
}

Value transaction_time(const Row& row, const Attribute&) { return instant(transaction_instant(row)); }
Value amount(const Row& row, const Attribute&) { return integer(is_grant(row) ? pack_goods(row.tenant(), pack_of(row)).size : -1); }

/// The vendor has it on grants only; on usages it is null.
Value remaining(const Row& row, const Attribute&) {
  if (!is_grant(row)) return null();
  const int64_t used = std::clamp<int64_t>(row.table().base() - row.index() - 1, 0, PackRows - 1);
  return integer(pack_goods(row.tenant(), pack_of(row)).size - used);
}

Value expiration(const Row& row, const Attribute&) {
  const auto at = expires(row);
  return at ? instant(*at) : null();
}

Value is_expired(const Row& row, const Attribute&) {
  const auto at = expires(row);
  return boolean(at && *at <= row.tenant().start());
}

Value note(const Row& row, const Attribute&) {
  return is_grant(row) && !pack_bought(row.tenant(), pack_of(row)) ? word("Sorry for the wait\n– the desk") : word("");
}

int64_t kind_of(const Row& row, int64_t kinds) { return pack_of(row) % kinds; }

Value kind_name(const Row& row, const Attribute&) {
  const Table& kinds = row.tenant().table("credits");
  return kinds.base() == 0 ? word("") : original(Row(kinds, kind_of(row, kinds.base())), "name");
}

Value is_intro(const Row& row, const Attribute&) { return boolean(pack_goods(row.tenant(), pack_of(row)).size == 14); }

Ids owner(const Row& row, const Relation& self) {
  Ids ids;
  if (const auto user = owner_of_pack(row.tenant(), pack_of(row))) ids.add(row.tenant().table(self.type).id_of(*user));
  return ids;
}

Ids kind(const Row& row, const Relation& self) {
  Ids ids;
  const Table& kinds = row.tenant().table(self.type);
  if (kinds.base() > 0) ids.add(kinds.id_of(kind_of(row, kinds.base())));
  return ids;
}

Ids parent(const Row& row, const Relation&) {
  Ids ids;
  if (!is_grant(row)) ids.add(row.table().id_of(pack_of(row) * PackRows));
  return ids;
}

bool has_credits_left(const Row& row) {
  const Value left = row.value("remaining_credits_cache");
  return left.kind == Value::Kind::Integer && left.number > 0;
}

Value one_fewer(const Row& row, Timestamp) { return integer(row.value("remaining_credits_cache").number - 1); }

}  // namespace

Resource credits() {
  using enum Step::To;
  return {.type = "credits",
          .first_id = 2'301,
          .rows = {.tiny = 4, .studio = 8, .chain = 30},
          .attributes = {made("name", credit_name), chance("is_active", 90), made("archived_at", archived)},
          .relations = {},
          .filters = {{"is_active", Filter::Test::Flag, "is_active"}},
          .orderings = {"name"},
          .happenings = {{"rename", {becomes("name", Fresh)}},
                         {"archive", {becomes("archived_at", Now), becomes("is_active", boolean(false))}}}};
}

Resource packages() {
  using enum Step::To;
  return {.type = "packages",
          .first_id = 4'001,
          .rows = {.tiny = 8, .studio = 20, .chain = 80},
          .attributes = {made("slug", slug), always("description", word("")), made("credit_quantity", quantity), chance("is_public", 80),
                         chance("is_intro_offer", 10), chance("is_discountable", 70), always("expiration_type", word("relative")),
                         between("expiration_interval_length", 1, 12), drawn("expiration_interval", Units), blank("expiration_datetime"),
                         made("archived_at", archived),
                         made("updated_datetime", [](const Row& row, const Attribute&) { return instant(in_order(row, Reach)); })},
          .relations = {one_of("credit", "credits", 100)},
          .filters = {{"credit", Filter::Test::Id, "credit"},
                      {"min_updated_datetime", Filter::Test::From, "updated_datetime"},
                      {"max_updated_datetime", Filter::Test::Before, "updated_datetime"}},
          .orderings = {"updated_datetime"},
          .birth = {becomes("updated_datetime", Now), becomes("archived_at", Nothing)},
          .happenings = {{"archive", {becomes("archived_at", Now), becomes("is_public", boolean(false))}},
                         {"resize", {becomes("credit_quantity", Another), becomes("expiration_interval_length", Another)}}}};
}

Resource credit_transactions() {
  using enum Step::To;
  using enum Filter::Test;
  return {
      .type = "credit_transactions",
      .first_id = 8'001,
      .rows = {.tiny = 240, .studio = 180'000, .chain = 3'600'000},
      .attributes = {made("transaction_datetime", transaction_time), made("transaction_amount", amount),
                     always("transaction_currency", word("USD")), made("remaining_credits_cache", remaining),
                     made("credit_name", kind_name), made("expiration_datetime", expiration), made("is_expired", is_expired),
                     made("is_intro_offer", is_intro), made("note", note), made("updated_datetime", transaction_time)},
      .relations = {made("user", "users", Relation::Arity::One, owner), made("credit", "credits", Relation::Arity::One, kind),
                    made("parent_credit_transaction", "credit_transactions", Relation::Arity::One, parent), one_of("broker", "users", 20)},
      .filters = {{"user", Id, "user"},
                  {"credit", Id, "credit"},
                  {"is_expired", Flag, "is_expired"},
                  {"min_updated_datetime", From, "updated_datetime"},
                  {"max_updated_datetime", Before, "updated_datetime"}},
      .orderings = {"transaction_datetime", "updated_datetime"},
      .birth = {becomes("transaction_datetime", Now), becomes("updated_datetime", Now), becomes("is_expired", boolean(false)),
                becomes("expiration_datetime", Nothing)},
      .happenings = {{"use", {becomes("remaining_credits_cache", one_fewer)}, has_credits_left},
                     {"expire", {becomes("is_expired", boolean(true)), becomes("expiration_datetime", Now)}, has_credits_left},
                     {"annotate", {becomes("note", word("Corrected by the desk"))}}}};
}

}  // namespace syncline::simulators::marianatek
