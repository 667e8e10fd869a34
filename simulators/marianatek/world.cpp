// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/world.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace syncline::simulators::marianatek {
namespace {

// Eight rows share a block of ten ids; which two stay unused differs from block to block.
constexpr int64_t BlockRows = 8, BlockIds = 10;
constexpr int64_t Places[4][BlockRows] = {
    {0, 1, 2, 3, 4, 5, 6, 7}, {0, 1, 3, 4, 5, 6, 8, 9}, {1, 2, 3, 4, 6, 7, 8, 9}, {0, 2, 3, 5, 6, 7, 8, 9}};

const int64_t* places_of(const Table& table, int64_t block) {
  return Places[mixed(table.tenant().seed() ^ table.resource().salt, uint64_t(block)) & 3];
}

template <class List, class Name, class Item>
void set_in(List& list, Name name, Item item) {
  for (auto& [known, old] : list) {
    if (known != name) continue;
    old = std::move(item);
    return;
  }
  list.emplace_back(name, std::move(item));
}

template <class List>
auto* found(const List& list, std::string_view name) {
  for (const auto& [known, item] : list)
    if (known == name) return &item;
  return static_cast<decltype(&list.front().second)>(nullptr);
}

int64_t rows_of(const Resource& resource, std::string_view profile, const std::map<std::string, int64_t>& rows) {
  if (const auto given = rows.find(std::string(resource.type)); given != rows.end()) return given->second;
  return profile == "chain" ? resource.rows.chain : profile == "studio" ? resource.rows.studio : resource.rows.tiny;
}

}  // namespace

void RowChanges::set(const Attribute& attribute, Value value) { set_in(attributes, attribute.name, std::move(value)); }
void RowChanges::set(const Relation& relation, Ids ids) { set_in(relations, relation.name, ids); }

int64_t Table::nth_live(int64_t position) const {
  // The k-th deleted index has `deleted_[k] - k` live ones before it, which never falls with k.
  size_t low = 0, high = deleted_.size();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (deleted_[middle] - int64_t(middle) <= position) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return position + int64_t(low);
}

bool Table::is_live(int64_t index) const {
  return index >= 0 && index < total_ && !std::binary_search(deleted_.begin(), deleted_.end(), index);
}

int64_t Table::id_of(int64_t index) const {
  const int64_t block = index / BlockRows;
  return resource_.first_id + block * BlockIds + places_of(*this, block)[index % BlockRows];
}

std::optional<int64_t> Table::index_of(int64_t id) const {
  if (id < resource_.first_id) return std::nullopt;
  const int64_t offset = id - resource_.first_id, block = offset / BlockIds;
  const int64_t* places = places_of(*this, block);
  const int64_t* place = std::find(places, places + BlockRows, offset % BlockIds);
  const int64_t index = block * BlockRows + (place - places);
  if (place == places + BlockRows || index >= total_) return std::nullopt;
  return index;
}

const RowChanges* Table::changes(int64_t index) const {
  if (changes_.empty()) return nullptr;
  const auto found_changes = changes_.find(index);
  return found_changes == changes_.end() ? nullptr : &found_changes->second;
}

bool Table::restore(int64_t index) {
  const auto at = std::lower_bound(deleted_.begin(), deleted_.end(), index);
  if (at == deleted_.end() || *at != index) return false;
  deleted_.erase(at);
  return true;
}

void Table::remove(int64_t index) {
  const auto at = std::lower_bound(deleted_.begin(), deleted_.end(), index);
  if (at == deleted_.end() || *at != index) deleted_.insert(at, index);
}

Tenant::Tenant(std::string name, uint64_t seed, Timestamp start, std::string_view profile, const std::map<std::string, int64_t>& rows)
    : name_(std::move(name)), seed_(mixed(seed, salt_of(name_))), start_(start) {
  for (const Resource& resource : resources()) tables_.emplace_back(resource, *this, rows_of(resource, profile, rows));
}

const Table* Tenant::find(std::string_view type) const {
  for (const Table& table : tables_)
    if (table.resource().type == type) return &table;
  return nullptr;
}

Table* Tenant::find(std::string_view type) { return const_cast<Table*>(std::as_const(*this).find(type)); }

const Table& Tenant::table(std::string_view type) const {
  const Table* table = find(type);
  base::check(table != nullptr, "a description names a resource that is not described");
  return *table;
}

Value Row::value(const Attribute& attribute) const {
  if (changes_ != nullptr)
    if (const Value* changed = found(changes_->attributes, attribute.name)) return *changed;
  return attribute.make(*this, attribute);
}

Ids Row::ids(const Relation& relation) const {
  if (changes_ != nullptr)
    if (const Ids* changed = found(changes_->relations, relation.name)) return *changed;
  return relation.make(*this, relation);
}

Value Row::value(std::string_view attribute) const {
  const Attribute* described_attribute = resource().attribute(attribute);
  base::check(described_attribute != nullptr, "a row was asked for an attribute its description does not have");
  return value(*described_attribute);
}

Ids Row::ids(std::string_view relation) const {
  const Relation* described_relation = resource().relation(relation);
  base::check(described_relation != nullptr, "a row was asked for a relation its description does not have");
  return ids(*described_relation);
}

std::optional<Row> Row::follow(const Relation& relation) const {
  const Table* other = tenant().find(relation.type);
  if (other == nullptr) return std::nullopt;
  const Ids there = ids(relation);
  if (there.count == 0) return std::nullopt;
  const auto index = other->index_of(there.id[0]);
  if (!index) return std::nullopt;
  return Row(*other, *index);
}

std::optional<Row> Row::follow(std::string_view relation) const {
  const Relation* described_relation = resource().relation(relation);
  base::check(described_relation != nullptr, "a row was asked for a relation its description does not have");
  return follow(*described_relation);
}

}  // namespace syncline::simulators::marianatek
