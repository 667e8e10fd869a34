// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/resources/purchases.hpp"

#include <algorithm>

#include "simulators/marianatek/resources/makers.hpp"
#include "simulators/marianatek/resources/orders.hpp"

namespace syncline::simulators::marianatek {
namespace {

// Which of a block's three orders each of its five lines belongs to: never fewer than one line each, never more than three.
constexpr int64_t Patterns[4][BlockLines] = {{0, 0, 1, 2, 2}, {0, 1, 1, 1, 2}, {0, 1, 2, 2, 2}, {0, 0, 0, 1, 2}};

constexpr std::array<Goods, 4> Packs{{{"10 Class Pack", 28'000, 10, ""},
                                      {"5 Class Pack", 15'050, 5, ""},
                                      {"20 Class Pack – \"Summer\"", 49'999, 20, ""},
                                      {"Two Weeks Trial", 4'900, 14, ""}}};
constexpr std::array<Goods, 6> Memberships{{{"Monthly Unlimited", 17'900, 1, "MO"},
                                            {"8 Classes a Month", 12'950, 1, "MO"},
                                            {"Weekly Pass", 3'999, 1, "WK"},
                                            {"Annual PIF", 150'000, 1, "YR"},
                                            {"Étudiant·e", 8'900, 1, "MO"},
                                            {"10 Days Intro", 2'500, 10, "DY"}}};

const int64_t* pattern_of(const Tenant& tenant, int64_t block) {
  static constexpr uint64_t salt = salt_of("order_lines of a block");
  return Patterns[mixed(tenant.seed() ^ salt, uint64_t(block)) & 3];
}

std::optional<int64_t> some_of(int64_t first, int64_t step, int64_t count, uint64_t number) {
  if (step <= 0 || first < 0 || first >= count) return std::nullopt;
  const int64_t owned = (count - first + step - 1) / step;
  return first + step * int64_t(number % uint64_t(owned));
}

std::optional<Timestamp> bought(const Tenant& tenant, int64_t order, int64_t line) {
  const Table& placed = tenant.table("orders");
  if (order >= placed.base() || line >= tenant.table("order_lines").base()) return std::nullopt;
  return order_placed(Row(placed, order));
}

}  // namespace

int64_t order_of_line(const Tenant& tenant, int64_t line) {
  const int64_t block = line / BlockLines;
  return block * BlockOrders + pattern_of(tenant, block)[line % BlockLines];
}

LineRange lines_of_order(const Tenant& tenant, int64_t order) {
  const int64_t block = order / BlockOrders, lines = tenant.table("order_lines").base();
  const int64_t* pattern = pattern_of(tenant, block);
  const auto [first, last] = std::equal_range(pattern, pattern + BlockLines, order % BlockOrders);
  return {std::min(block * BlockLines + (first - pattern), lines), std::min(block * BlockLines + (last - pattern), lines)};
}

std::optional<int64_t> owner_of_pack(const Tenant& tenant, int64_t pack) {
  const int64_t people = tenant.table("users").base();
  if (people == 0) return std::nullopt;
  return pack % people;
}

// From the other end, so that there are users with packs only, with memberships only, and with both.
std::optional<int64_t> owner_of_membership(const Tenant& tenant, int64_t instance) {
  const int64_t people = tenant.table("users").base();
  if (people == 0) return std::nullopt;
  return people - 1 - instance % people;
}

int64_t packs_of(const Tenant& tenant) { return (tenant.table("credit_transactions").base() + PackRows - 1) / PackRows; }

std::optional<int64_t> some_pack_of(const Tenant& tenant, int64_t user, uint64_t number) {
  const int64_t people = tenant.table("users").base();
  return some_of(people > 0 ? user % people : 0, people, packs_of(tenant), number);
}

std::optional<int64_t> some_membership_of(const Tenant& tenant, int64_t user, uint64_t number) {
  const int64_t people = tenant.table("users").base();
  return some_of(people > 0 ? people - 1 - user % people : 0, people, tenant.table("membership_instances").base(), number);
}

std::optional<Timestamp> pack_bought(const Tenant& tenant, int64_t pack) { return bought(tenant, pack * BlockOrders, pack * BlockLines); }

std::optional<Timestamp> membership_bought(const Tenant& tenant, int64_t instance) {
  return bought(tenant, instance * BlockOrders + BlockOrders - 1, instance * BlockLines + BlockLines - 1);
}

const Goods& pack_goods(const Tenant& tenant, int64_t pack) {
  static constexpr uint64_t salt = salt_of("goods of a pack");
  return Packs[mixed(tenant.seed() ^ salt, uint64_t(pack)) % Packs.size()];
}

const Goods& membership_goods(int64_t kind) { return Memberships[size_t(kind) % Memberships.size()]; }

int64_t membership_kind(const Tenant& tenant, int64_t instance) {
  static constexpr uint64_t salt = salt_of("kind of a membership");
  const int64_t kinds = tenant.table("memberships").base();
  return kinds == 0 ? 0 : int64_t(mixed(tenant.seed() ^ salt, uint64_t(instance)) % uint64_t(kinds));
}

}  // namespace syncline::simulators::marianatek
