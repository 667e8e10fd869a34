// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace syncline::load {

/// By which natural keys rows were adopted in this run: a later record with the same one claims a row that has an owner, and must not get a
/// twin of it without a word. Keeps hashes only, since who has the row is said by the table. One thread.
class AdoptedRows {
 public:
  /// Eight bytes each; what comes after them is not remembered.
  static constexpr size_t Max = 1'000'000;

  /// Of the transaction under way: by the natural key `way`, with `value`.
  void adopt(size_t way, std::string_view value);
  /// The transaction was committed: what was adopted in it is remembered.
  void keep();
  /// The transaction begins anew.
  void forget_transaction() { now_.clear(); }

  [[nodiscard]] bool empty() const { return known_.empty(); }
  /// Whether a committed transaction has adopted a row by that; the table must be asked which, and two values may have one hash.
  [[nodiscard]] bool may_have(size_t way, std::string_view value) const;

 private:
  std::vector<uint64_t> known_;  ///< in order
  std::vector<uint64_t> now_;
};

}  // namespace syncline::load
