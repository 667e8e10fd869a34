// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "simulators/marianatek/text.hpp"
#include "simulators/marianatek/world.hpp"

namespace syncline::simulators::marianatek {

/// The rows a list request is about, in order. A list of everything by id is arithmetic; any other is a vector of indexes.
class Selection {
 public:
  enum class Direction { Ascending, Descending };
  Selection(const Table& table, Direction direction) : table_(&table), direction_(direction) {}
  Selection(const Table& table, std::shared_ptr<const std::vector<uint32_t>> indexes) : table_(&table), indexes_(std::move(indexes)) {}

  [[nodiscard]] const Table& table() const { return *table_; }
  [[nodiscard]] int64_t count() const { return indexes_ ? int64_t(indexes_->size()) : table_->live(); }
  [[nodiscard]] int64_t index_at(int64_t position) const {
    if (indexes_) return (*indexes_)[size_t(position)];
    return table_->nth_live(direction_ == Direction::Ascending ? position : table_->live() - 1 - position);
  }

 private:
  const Table* table_;
  Direction direction_ = Direction::Ascending;
  std::shared_ptr<const std::vector<uint32_t>> indexes_;
};

/// A filter whose value cannot be read: the vendor answers 400 with the parameter's name.
struct UnreadableFilter {
  std::string parameter, message;
};

/// Works out selections, and keeps the last few: the pages of one list are asked for one by one.
class Selector {
 public:
  /// Filters the description does not have are ignored, as the vendor does. Of a parameter given twice the last counts.
  /// `ties`: null for a stable order, else what the order of rows with equal sort keys is drawn from.
  tl::expected<Selection, UnreadableFilter> select(const Table& table, const Parameters& parameters,
                                                   std::optional<uint64_t> ties = std::nullopt);
  void forget() { kept_.clear(); }

 private:
  struct Kept {
    const Table* table;
    uint64_t version;
    std::string key;
    std::shared_ptr<const std::vector<uint32_t>> indexes;
  };
  std::deque<Kept> kept_;  // the latest first
};

}  // namespace syncline::simulators::marianatek
