// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/mutation.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/check.hpp"
#include "simulators/marianatek/text.hpp"

namespace syncline::simulators::marianatek {
namespace {

constexpr int64_t CountMax = 1'000'000;
constexpr uint64_t FreshRows = 1'000'000;
constexpr std::string_view Stamp = "updated_datetime";

/// Every member of a row as JSON, in the order of the description: to see what differs.
std::vector<std::string> snapshot(const Row& row) {
  std::vector<std::string> members;
  for (const Attribute& attribute : row.resource().attributes) append_json(members.emplace_back(), row.value(attribute));
  for (const Relation& relation : row.resource().relations) {
    std::string& member = members.emplace_back();
    const Ids ids = row.ids(relation);
    for (int i = 0; i < ids.count; ++i) append_number(member += ' ', ids.id[size_t(i)]);
  }
  return members;
}

std::vector<std::string> differing(const Row& row, const std::vector<std::string>& before) {
  const std::vector<std::string> after = snapshot(row);
  const auto& attributes = row.resource().attributes;
  std::vector<std::string> names;
  for (size_t i = 0; i < after.size(); ++i)
    if (after[i] != before[i])
      names.emplace_back(i < attributes.size() ? attributes[i].name : row.resource().relations[i - attributes.size()].name);
  return names;
}

}  // namespace

std::optional<std::string> Mutation::text(const char* name) const {
  const auto member = order_.find(name);
  if (member == order_.end() || member->is_null()) return std::nullopt;
  if (member->is_string()) return member->get<std::string>();
  if (member->is_number()) return member->dump();
  throw std::invalid_argument(std::string(name) + " is a text");
}

std::optional<double> Mutation::number(const char* name) const {
  const auto member = order_.find(name);
  if (member == order_.end() || member->is_null()) return std::nullopt;
  if (!member->is_number() || std::abs(member->get<double>()) > 1e12) throw std::invalid_argument(std::string(name) + " is a number");
  return member->get<double>();
}

bool Mutation::yes(const char* name) const {
  const auto member = order_.find(name);
  if (member == order_.end()) return false;
  if (!member->is_boolean()) throw std::invalid_argument(std::string(name) + " is true or false");
  return member->get<bool>();
}

std::vector<std::string> Mutation::names(const char* name) const {
  const auto member = order_.find(name);
  if (member == order_.end()) return {};
  if (!member->is_array()) throw std::invalid_argument(std::string(name) + " is a list of names");
  std::vector<std::string> all;
  for (const nlohmann::json& one : *member) all.push_back(one.get<std::string>());
  return all;
}

int64_t Mutation::count() const {
  const double count = number("count").value_or(1);
  if (count < 0 || count > double(CountMax)) throw std::invalid_argument("count is from 0 to " + std::to_string(CountMax));
  return int64_t(count);
}

Table& Mutation::table(std::string_view resource) {
  Table* table = tenant_.find(resource);
  if (table == nullptr) throw std::invalid_argument("there is no resource " + std::string(resource));
  return *table;
}

int64_t Mutation::named(Table& table, const std::string& id) const {
  const auto number = whole_number(id);
  const auto index = number ? table.index_of(*number) : std::nullopt;
  if (!index || !table.is_live(*index)) throw std::invalid_argument("there is no " + id + " in " + std::string(table.resource().type));
  return *index;
}

std::optional<int64_t> Mutation::some(const Table& table, Suits suits, const std::vector<int64_t>& taken) {
  const int64_t total = table.total(), begin = int64_t(random_.below(uint64_t(total)));
  for (int64_t step = 0; step < total; ++step) {
    const int64_t index = (begin + step) % total;
    if (!table.is_live(index) || !suits(Row(table, index))) continue;
    if (!std::binary_search(taken.begin(), taken.end(), index)) return index;
  }
  return std::nullopt;
}

std::vector<int64_t> Mutation::targets(Table& table, Suits suits) {
  if (const auto id = text("id")) return {named(table, *id)};
  std::vector<int64_t> chosen;  // ascending
  for (int64_t left = count(); left > 0; --left) {
    const auto index = some(table, suits, chosen);
    if (!index) break;
    chosen.insert(std::lower_bound(chosen.begin(), chosen.end(), *index), *index);
  }
  return chosen;
}

void Mutation::note_update(const Table& table, int64_t index, const std::vector<std::string>& before) {
  const Row row(table, index);
  std::vector<std::string> fields = differing(row, before);
  if (!fields.empty()) changes_.push_back({std::string(table.resource().type), row.id(), "update", std::move(fields)});
}

std::vector<Mutation::Watched> Mutation::watched(const Table& table, int64_t index) {
  std::vector<Watched> rows;
  const int64_t id = table.id_of(index);
  for (const Resource& resource : resources()) {
    for (const Relation& relation : resource.relations) {
      if (!relation.shown || relation.type != table.resource().type) continue;
      Table& other = *tenant_.find(resource.type);
      for (int64_t at = 0; at < other.total(); ++at) {
        if (!other.is_live(at)) continue;
        const Row row(other, at);
        if (row.ids(relation).has(id)) rows.push_back({&other, at, snapshot(row)});
      }
    }
  }
  return rows;
}

void Mutation::edit(Table& table, int64_t index, const Edit& edit) {
  const std::vector<Watched> others = watched(table, index);
  const Row before(table, index);
  const std::vector<std::string> members = snapshot(before);
  RowChanges& changes = table.change(index);
  edit(before, changes);
  if (const Attribute* stamp = table.resource().attribute(Stamp); stamp != nullptr && !yes("silent")) changes.set(*stamp, instant(now_));
  tenant_.changed();
  note_update(table, index, members);
  for (const Watched& other : others) note_update(*other.table, other.index, other.before);
}

void Mutation::insert(Table& table, const Edit& fill) {
  const int64_t index = table.append();
  fill(Row(table, index), table.change(index));
  tenant_.changed();
  changes_.push_back({std::string(table.resource().type), table.id_of(index), "insert", {}});
}

void Mutation::remove(Table& table, int64_t index) {
  table.remove(index);
  tenant_.changed();
  changes_.push_back({std::string(table.resource().type), table.id_of(index), "delete", {}});
}

void Mutation::restore(Table& table, const std::string& id) {
  const auto index = table.index_of(whole_number(id).value_or(-1));
  if (!index || !table.restore(*index))
    throw std::invalid_argument("no deleted row of " + std::string(table.resource().type) + " has the id " + id);
  tenant_.changed();
  changes_.push_back({std::string(table.resource().type), table.id_of(*index), "insert", {}});
}

void Mutation::take(const std::vector<Step>& steps, const Row& row, RowChanges& changes) {
  const Table& table = row.table();
  const Row another(table, table.base() > 0 ? int64_t(random_.below(uint64_t(table.base()))) : row.index());
  const Row fresh(table, table.total() + int64_t(random_.below(FreshRows)));
  const auto& to_values = [&](const Step& step, const Attribute& attribute) {
    switch (step.to) {
      case Step::To::Constant:
        return step.constant;
      case Step::To::Nothing:
        return null();
      case Step::To::Now:
        return instant(now_);
      case Step::To::Today: {
        std::string day;
        append_day(day, now_);
        return composed(std::move(day));
      }
      case Step::To::Another:
        return attribute.make(another, attribute);
      case Step::To::Fresh:
        return attribute.make(fresh, attribute);
      case Step::To::Made:
        return step.make(row, now_);
    }
    return null();
  };
  // All are worked out before the first is set: a step may look at what another one changes.
  RowChanges taken;
  for (const Step& step : steps) {
    if (const Attribute* attribute = row.resource().attribute(step.member)) {
      taken.set(*attribute, to_values(step, *attribute));
      continue;
    }
    const Relation* relation = row.resource().relation(step.member);
    base::check(relation != nullptr, "a step of a description changes a member that is not described");
    const bool of_a_donor = step.to == Step::To::Another || step.to == Step::To::Fresh;
    taken.set(*relation, of_a_donor ? relation->make(step.to == Step::To::Fresh ? fresh : another, *relation) : Ids{});
  }
  for (auto& [name, value] : taken.attributes) changes.set(*row.resource().attribute(name), std::move(value));
  for (const auto& [name, ids] : taken.relations) changes.set(*row.resource().relation(name), ids);
}

void set(RowChanges& changes, const Row& row, std::string_view attribute, Value value) {
  const Attribute* described_attribute = row.resource().attribute(attribute);
  base::check(described_attribute != nullptr, "a mutation sets an attribute its resource does not have");
  changes.set(*described_attribute, std::move(value));
}

void set(RowChanges& changes, const Row& row, std::string_view relation, std::optional<int64_t> id) {
  const Relation* described_relation = row.resource().relation(relation);
  base::check(described_relation != nullptr, "a mutation sets a relation its resource does not have");
  Ids ids;
  if (id) ids.add(*id);
  changes.set(*described_relation, ids);
}

}  // namespace syncline::simulators::marianatek
