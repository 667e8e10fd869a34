// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "simulators/marianatek/world.hpp"

namespace syncline::simulators::marianatek {

/// When an order was placed that was there at the start.
[[nodiscard]] Timestamp order_placed(const Row& order);

/// What a new sale is made of, in cents.
struct Price {
  int64_t list = 0, discount = 0, tax = 0;

  [[nodiscard]] int64_t subtotal() const { return list - discount; }
  [[nodiscard]] int64_t total() const { return list - discount + tax; }
  Price& operator+=(const Price& other) {
    list += other.list;
    discount += other.discount;
    tax += other.tax;
    return *this;
  }
};

/// What is sold over the counter.
struct CounterGoods {
  std::string_view title;
  int64_t cents;
};
[[nodiscard]] const CounterGoods& counter_goods(uint64_t number);

/// A price with the tax of a place, by its index.
[[nodiscard]] Price priced(int64_t cents, int64_t discount, int64_t place);

/// The order's members that tell the money of a sale of today, paid at once.
void set_sale(RowChanges& changes, const Row& order, const Price& price, int64_t deferred, int64_t deferred_items, Timestamp at);

}  // namespace syncline::simulators::marianatek
