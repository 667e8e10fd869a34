// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "simulators/marianatek/resource.hpp"

/// The vendor's data. Rows are not stored: each is computed from (seed, tenant, resource, index) when it is looked at, and only what was
/// changed since the start is kept, so that millions of rows cost nothing.
namespace syncline::simulators::marianatek {

class Tenant;

/// What a row has instead of what would be made up for it. Names are those of the descriptions, which live as long as the program.
struct RowChanges {
  std::vector<std::pair<std::string_view, Value>> attributes;
  std::vector<std::pair<std::string_view, Ids>> relations;

  void set(const Attribute& attribute, Value value);
  void set(const Relation& relation, Ids ids);
};

/// The rows of one resource of one tenant, by index from 0. Ids ascend with the index and have gaps; a deleted row's index stays unused.
class Table {
 public:
  Table(const Resource& resource, const Tenant& tenant, int64_t rows) : resource_(resource), tenant_(tenant), base_(rows), total_(rows) {}

  [[nodiscard]] const Resource& resource() const { return resource_; }
  [[nodiscard]] const Tenant& tenant() const { return tenant_; }
  /// Rows there were at the start.
  [[nodiscard]] int64_t base() const { return base_; }
  /// Rows there ever were: the bound of indexes.
  [[nodiscard]] int64_t total() const { return total_; }
  [[nodiscard]] int64_t live() const { return total_ - int64_t(deleted_.size()); }
  /// The index of the row at a position among those that are not deleted.
  [[nodiscard]] int64_t nth_live(int64_t position) const;
  [[nodiscard]] bool is_live(int64_t index) const;
  [[nodiscard]] int64_t id_of(int64_t index) const;
  /// The index of an id that was ever given out, deleted or not.
  [[nodiscard]] std::optional<int64_t> index_of(int64_t id) const;
  [[nodiscard]] const RowChanges* changes(int64_t index) const;

  RowChanges& change(int64_t index) { return changes_[index]; }
  int64_t append() { return total_++; }
  void remove(int64_t index);
  /// The row is there again, as it was; false if it was never gone.
  bool restore(int64_t index);

 private:
  const Resource& resource_;
  const Tenant& tenant_;
  const int64_t base_;
  int64_t total_;
  std::vector<int64_t> deleted_;  // ascending
  std::unordered_map<int64_t, RowChanges> changes_;
};

/// One brand: the same ids as the others, other content.
class Tenant {
 public:
  /// `rows`: per resource, over the profile's.
  Tenant(std::string name, uint64_t seed, Timestamp start, std::string_view profile, const std::map<std::string, int64_t>& rows);
  Tenant(const Tenant&) = delete;
  Tenant& operator=(const Tenant&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] uint64_t seed() const { return seed_; }
  /// The virtual clock's first instant, which the made-up data is made around.
  [[nodiscard]] Timestamp start() const { return start_; }
  /// Null when there is no such resource.
  [[nodiscard]] const Table* find(std::string_view type) const;
  [[nodiscard]] Table* find(std::string_view type);
  /// Of a resource that is known to exist.
  [[nodiscard]] const Table& table(std::string_view type) const;

  /// Counts the changes, so that what was computed from the rows can be known to be stale.
  [[nodiscard]] uint64_t version() const { return version_; }
  void changed() { ++version_; }

 private:
  const std::string name_;
  const uint64_t seed_;
  const Timestamp start_;
  std::deque<Table> tables_;
  uint64_t version_ = 0;
};

/// A look at one row: cheap to make, valid until its table changes.
class Row {
 public:
  Row(const Table& table, int64_t index)
      : table_(&table),
        index_(index),
        root_(mixed(mixed(table.tenant().seed(), table.resource().salt), uint64_t(index))),
        changes_(table.changes(index)) {}

  [[nodiscard]] const Table& table() const { return *table_; }
  [[nodiscard]] const Tenant& tenant() const { return table_->tenant(); }
  [[nodiscard]] const Resource& resource() const { return table_->resource(); }
  [[nodiscard]] int64_t index() const { return index_; }
  [[nodiscard]] int64_t id() const { return table_->id_of(index_); }

  [[nodiscard]] Value value(const Attribute& attribute) const;
  [[nodiscard]] Ids ids(const Relation& relation) const;
  /// By name; the description must have it.
  [[nodiscard]] Value value(std::string_view attribute) const;
  [[nodiscard]] Ids ids(std::string_view relation) const;
  /// The first row a relation points at, deleted or not; nothing when it is null or points out of what can be asked for.
  [[nodiscard]] std::optional<Row> follow(const Relation& relation) const;
  [[nodiscard]] std::optional<Row> follow(std::string_view relation) const;

  /// A random number of this row's own, the same each time for a salt.
  [[nodiscard]] uint64_t draw(uint64_t salt) const { return mixed(root_, salt); }
  /// The same, uniform in [0, bound); 0 for bound 0.
  [[nodiscard]] int64_t draw_below(uint64_t salt, int64_t bound) const {
    return bound <= 0 ? 0 : int64_t((static_cast<unsigned __int128>(draw(salt)) * uint64_t(bound)) >> 64);
  }
  /// Spreads the rows evenly over 0–99, so that even a small table has its share of everything rare: row `first` has 0.
  [[nodiscard]] int stratum(int64_t first) const { return int(((index_ + 100 - first % 100) * 37) % 100); }

 private:
  const Table* table_;
  int64_t index_;
  uint64_t root_;
  const RowChanges* changes_;
};

}  // namespace syncline::simulators::marianatek
