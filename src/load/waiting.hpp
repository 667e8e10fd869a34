// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.hpp"
#include "config/entity.hpp"
#include "load/target.hpp"
#include "record/reject.hpp"
#include "record/report.hpp"
#include "record/row_batch.hpp"
#include "state/store.hpp"

namespace syncline::load {

/// What is stored of a record that could not land, by the record's own JSON (RowBatch::sources): enough to make its row again. Called for
/// such rows only.
using PayloadOf = std::function<std::string(std::string_view source)>;

/// Of a batch made of records that were stored before: what else happens in its transaction. May be called again for another try.
struct Replay {
  std::function<base::Result<void>()> take_out;  ///< first of all: removes the rows of sync_waiting that are tried again
  std::function<base::Result<void>(const std::vector<record::Reject>&)> keep;  ///< of what is still rejected; none: as other rejects
  std::map<std::string, std::string> since;                                    ///< when each key was set aside, if it still waits
  enum class Counting {
    Rows,
    Links,  ///< the rows have been counted when they landed: only links that are made now are counted, as updates
  } counting = Counting::Rows;
};

/// How a row that was set aside travels with the rejects until the transaction's end.
namespace stage {
constexpr std::string_view Wait = "wait", Link = "link";
}  // namespace stage

/// The rows of one entity in sync_waiting, as its writer keeps them. Used by the writer's thread, under the entity's lease: nobody else
/// adds to them.
class WaitingRoom {
 public:
  WaitingRoom(state::Store& store, const config::Entity& entity, const Target& target) : store_(store), entity_(entity), target_(target) {}

  struct Transaction {
    const record::RowBatch& rows;
    const Replay* replay = nullptr;
    int64_t run = 0;
    const std::string& account;
  };
  /// Part of the batch's transaction: takes what was set aside out of `rejects` and stores it, and removes what newer records that have
  /// landed make void. Costs nothing where no row of the entity waits.
  base::Result<void> store_changes(const Transaction& transaction, std::vector<record::Reject>& rejects, record::Counters& counters);

  /// Whether any row of the entity may wait.
  base::Result<bool> has_rows(const std::string& account);

 private:
  base::Result<void> know_keys(const std::string& account);
  base::Result<void> remove_older(const Transaction& transaction, const std::string& key, const std::string& version,
                                  record::Counters& counters);
  base::Result<void> put(const Transaction& transaction, const record::Reject& aside, const std::string& version,
                         record::Counters& counters);
  [[nodiscard]] std::string version_of(const record::RowBatch& rows, size_t row) const;

  state::Store& store_;
  const config::Entity& entity_;
  const Target& target_;
  bool known_ = false;
  std::unordered_set<uint64_t> keys_;  ///< hashes of at least the keys that wait
};

/// A version as a word that sorts as versions do; "" where it does not tell (null, a decimal: then the table's own comparison decides when
/// the row is tried again).
[[nodiscard]] std::string version_word(const record::Cell& cell);

}  // namespace syncline::load
