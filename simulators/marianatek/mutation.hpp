// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "simulators/marianatek/journal.hpp"
#include "simulators/marianatek/world.hpp"

namespace syncline::simulators::marianatek {

/// One mutation while it is carried out: what was ordered, and what it changed so far. Whatever is wrong with the order is a
/// std::invalid_argument, which mutate() turns into its error.
class Mutation {
 public:
  Mutation(Tenant& tenant, const nlohmann::json& order, Timestamp now, uint64_t seed)
      : tenant_(tenant), order_(order), now_(now), random_(seed) {}

  using Suits = bool (*)(const Row&);
  using Edit = std::function<void(const Row& before, RowChanges& changes)>;

  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] base::Random& random() { return random_; }
  [[nodiscard]] Tenant& tenant() { return tenant_; }
  [[nodiscard]] std::vector<RecordChange> take_changes() { return std::move(changes_); }

  /// What was ordered; a number is as good as its text.
  [[nodiscard]] std::optional<std::string> text(const char* name) const;
  [[nodiscard]] std::optional<double> number(const char* name) const;
  [[nodiscard]] bool yes(const char* name) const;
  /// A list of names; empty when there is none.
  [[nodiscard]] std::vector<std::string> names(const char* name) const;
  [[nodiscard]] int64_t count() const;
  [[nodiscard]] Table& table(std::string_view resource);
  /// The row an id of the order names, which must be there.
  [[nodiscard]] int64_t named(Table& table, const std::string& id) const;
  /// The index of a suitable row, looked for from a random place; nothing when there is none.
  [[nodiscard]] std::optional<int64_t> some(const Table& table, Suits suits, const std::vector<int64_t>& taken = {});
  /// The rows to change: the one with the ordered id, or `count` suitable ones.
  [[nodiscard]] std::vector<int64_t> targets(Table& table, Suits suits);

  /// Changes a row and notes which of its fields show another value, and which of other rows that show it; moves its updated_datetime, if
  /// it has one.
  void edit(Table& table, int64_t index, const Edit& edit);
  void insert(Table& table, const Edit& fill);
  void remove(Table& table, int64_t index);
  /// Brings back the deleted row that an id names.
  void restore(Table& table, const std::string& id);
  /// What the steps of a description make of a row.
  void take(const std::vector<Step>& steps, const Row& row, RowChanges& changes);

 private:
  /// Rows that show what is about to change, as they are before.
  struct Watched {
    Table* table;
    int64_t index;
    std::vector<std::string> before;
  };
  [[nodiscard]] std::vector<Watched> watched(const Table& table, int64_t index);
  void note_update(const Table& table, int64_t index, const std::vector<std::string>& before);

  Tenant& tenant_;
  const nlohmann::json& order_;
  const Timestamp now_;
  base::Random random_;
  std::vector<RecordChange> changes_;
};

/// Sets an attribute by name; the description must have it.
void set(RowChanges& changes, const Row& row, std::string_view attribute, Value value);
void set(RowChanges& changes, const Row& row, std::string_view relation, std::optional<int64_t> id);

}  // namespace syncline::simulators::marianatek
