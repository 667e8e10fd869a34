// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include "simulators/marianatek/world.hpp"

/// Who bought what, as arithmetic on indexes, so that every side of it can be computed alone: orders come in blocks of three with five
/// lines. The first order of a block sells a pack of credits, the last one a membership, whatever is left is sold over the counter.
namespace syncline::simulators::marianatek {

constexpr int64_t BlockOrders = 3, BlockLines = 5;
/// A pack and its usages: five rows of credit_transactions.
constexpr int64_t PackRows = 5;

/// The index of the order a line belongs to, which need not exist.
[[nodiscard]] int64_t order_of_line(const Tenant& tenant, int64_t line);

struct LineRange {
  int64_t begin, end;
};
/// The lines of an order that were there at the start.
[[nodiscard]] LineRange lines_of_order(const Tenant& tenant, int64_t order);

/// The index of the user a pack or membership belongs to; nothing when there are no users.
[[nodiscard]] std::optional<int64_t> owner_of_pack(const Tenant& tenant, int64_t pack);
[[nodiscard]] std::optional<int64_t> owner_of_membership(const Tenant& tenant, int64_t instance);

/// How many packs there were at the start.
[[nodiscard]] int64_t packs_of(const Tenant& tenant);
/// One of a user's packs or memberships, by a random number; nothing when the user has none.
[[nodiscard]] std::optional<int64_t> some_pack_of(const Tenant& tenant, int64_t user, uint64_t number);
[[nodiscard]] std::optional<int64_t> some_membership_of(const Tenant& tenant, int64_t user, uint64_t number);

/// When the order was placed that sold it; nothing for what was given away.
[[nodiscard]] std::optional<Timestamp> pack_bought(const Tenant& tenant, int64_t pack);
[[nodiscard]] std::optional<Timestamp> membership_bought(const Tenant& tenant, int64_t instance);

/// What a pack or a membership's kind is called and costs, as long as nobody renames it.
struct Goods {
  std::string_view name;
  int64_t cents;
  int64_t size;  ///< credits of a pack; days of an interval, or months of one, by `interval`
  std::string_view interval;
};
[[nodiscard]] const Goods& pack_goods(const Tenant& tenant, int64_t pack);
/// By the index of the kind.
[[nodiscard]] const Goods& membership_goods(int64_t kind);
/// The kind of an instance; 0 when there are none.
[[nodiscard]] int64_t membership_kind(const Tenant& tenant, int64_t instance);

}  // namespace syncline::simulators::marianatek
