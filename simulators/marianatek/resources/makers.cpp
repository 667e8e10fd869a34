// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/resources/makers.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "simulators/marianatek/text.hpp"

namespace syncline::simulators::marianatek {
namespace {

constexpr uint64_t WhetherSalt = 0x77;  // a second draw of the same attribute: whether, after which
constexpr int64_t InventedIds = 40'000;

}  // namespace

Attribute always(std::string_view name, Value constant) {
  Attribute attribute{.name = name, .make = [](const Row&, const Attribute& self) { return self.constant; }};
  attribute.constant = std::move(constant);
  return attribute;
}

Attribute blank(std::string_view name) { return always(name, null()); }

Attribute chance(std::string_view name, int64_t percent) {
  return {.name = name,
          .make = [](const Row& row, const Attribute& self) { return boolean(row.draw_below(self.salt, 100) < self.high); },
          .high = percent};
}

Attribute between(std::string_view name, int64_t low, int64_t high) {
  return {
      .name = name,
      .make = [](const Row& row, const Attribute& self) { return integer(self.low + row.draw_below(self.salt, self.high - self.low + 1)); },
      .low = low,
      .high = high};
}

Attribute drawn(std::string_view name, std::span<const std::string_view> words) { return drawn_or_null(name, words, 0); }

Attribute drawn_or_null(std::string_view name, std::span<const std::string_view> words, int64_t null_percent) {
  const MakeValue make = [](const Row& row, const Attribute& self) {
    return row.draw_below(self.salt ^ WhetherSalt, 100) < self.high ? null() : word(nth(self.words, row.draw(self.salt)));
  };
  return {.name = name, .make = make, .high = null_percent, .words = words};
}

Attribute in_turn(std::string_view name, std::span<const std::string_view> words) {
  return {.name = name,
          .make = [](const Row& row, const Attribute& self) { return word(nth(self.words, uint64_t(row.index()))); },
          .words = words};
}

Attribute made(std::string_view name, MakeValue make) { return {.name = name, .make = make}; }

Relation no_one(std::string_view name, std::string_view type) {
  return made(name, type, Relation::Arity::One, [](const Row&, const Relation&) { return Ids{}; });
}

Relation no_many(std::string_view name, std::string_view type) {
  return made(name, type, Relation::Arity::Many, [](const Row&, const Relation&) { return Ids{}; });
}

Relation one_of(std::string_view name, std::string_view type, int64_t percent) {
  const MakeIds make = [](const Row& row, const Relation& self) {
    Ids ids;
    const Table& other = row.tenant().table(self.type);
    if (other.base() > 0 && row.draw_below(self.salt ^ WhetherSalt, 100) < self.high)
      ids.add(other.id_of(row.draw_below(self.salt, other.base())));
    return ids;
  };
  return {.name = name, .type = type, .arity = Relation::Arity::One, .make = make, .high = percent};
}

Relation some_of(std::string_view name, std::string_view type, int64_t percent) {
  Relation relation = one_of(name, type, percent);
  relation.arity = Relation::Arity::Many;
  return relation;
}

Relation same_place(std::string_view name, std::string_view type) {
  return made(name, type, Relation::Arity::One, [](const Row& row, const Relation& self) {
    Ids ids;
    const Table& other = row.tenant().table(self.type);
    if (row.index() < other.base()) ids.add(other.id_of(row.index()));
    return ids;
  });
}

Relation some_id(std::string_view name, std::string_view type, Relation::Arity arity, int64_t percent) {
  const MakeIds make = [](const Row& row, const Relation& self) {
    Ids ids;
    if (row.draw_below(self.salt ^ WhetherSalt, 100) < self.high) ids.add(100 + row.draw_below(self.salt, InventedIds));
    return ids;
  };
  return {.name = name, .type = type, .arity = arity, .make = make, .high = percent};
}

Relation made(std::string_view name, std::string_view type, Relation::Arity arity, MakeIds make) {
  return {.name = name, .type = type, .arity = arity, .make = make};
}

Relation shown(Relation relation) {
  relation.shown = true;
  return relation;
}

Step becomes(std::string_view member, Value constant) {
  return {.member = member, .to = Step::To::Constant, .constant = std::move(constant)};
}
Step becomes(std::string_view member, Step::To to) { return {.member = member, .to = to}; }
Step becomes(std::string_view member, Value (*make)(const Row&, Timestamp now)) {
  return {.member = member, .to = Step::To::Made, .make = make};
}

Value original(const Row& row, std::string_view attribute) {
  const Attribute* known = row.resource().attribute(attribute);
  base::check(known != nullptr, "a description reads an attribute that is not described");
  return known->make(row, *known);
}

Ids original_ids(const Row& row, std::string_view relation) {
  const Relation* known = row.resource().relation(relation);
  base::check(known != nullptr, "a description reads a relation that is not described");
  return known->make(row, *known);
}

Value money(int64_t cents) {
  std::string text = cents < 0 ? "-" : "";
  const int64_t amount = cents < 0 ? -cents : cents;
  append_number(text, amount / 100);
  text += '.';
  text += char('0' + amount / 10 % 10);
  text += char('0' + amount % 10);
  return composed(std::move(text));
}

Value day(Timestamp at) {
  std::string text;
  append_day(text, at);
  return composed(std::move(text));
}

Timestamp in_order(const Row& row, std::chrono::microseconds reach) {
  static constexpr uint64_t salt = salt_of("in_order");
  const int64_t rows = std::max<int64_t>(row.table().base(), 1), slot = reach.count() / rows;
  const int64_t index = std::min(row.index(), rows - 1);
  return row.tenant().start() - reach + std::chrono::microseconds(slot * index + row.draw_below(salt, slot));
}

std::string numbered(std::span<const std::string_view> words, int64_t index) {
  const auto count = int64_t(words.size());
  std::string name(words[size_t(index % count)]);
  return index < count ? name : name + " " + std::to_string(index / count + 1);
}

}  // namespace syncline::simulators::marianatek
