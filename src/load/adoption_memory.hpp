// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "load/adoption.hpp"
#include "load/target.hpp"
#include "state/store.hpp"

namespace syncline::load {

/// By which natural keys rows were ever adopted, and by whom, in sync_adopted: a later record with the same one claims a row that is taken,
/// and must not get a twin of it without a word, be it in another batch, run or life of the program. Keeps hashes, since what a row is now
/// is said by the table. Part of the batch's transaction; borrows all it is given.
class AdoptionMemory {
 public:
  AdoptionMemory(state::Store& store, const config::Entity& entity, const Target& target, const Adoption& adoption);

  /// How many staged rows claim, by this natural key, a row that another record has adopted and still has: claims without a candidate.
  base::Result<int64_t> contest(size_t way);
  /// What has just been adopted.
  base::Result<void> remember();

 private:
  /// Keys of records, by the hash of a natural key.
  using Owners = std::map<int64_t, std::string>;

  [[nodiscard]] int64_t hash_of(size_t way, std::string_view value) const;
  base::Result<bool> is_there();
  [[nodiscard]] base::Error not_there() const;
  base::Result<bool> knows_any();
  base::Result<Owners> owners_of(const std::vector<int64_t>& hashes);

  state::Store& store_;
  const config::Entity& entity_;
  const Target& target_;
  const Adoption& adoption_;
  std::optional<bool> is_there_;
  std::optional<bool> knows_any_;  ///< only we write what is known of this entity: the lease is ours
};

}  // namespace syncline::load
