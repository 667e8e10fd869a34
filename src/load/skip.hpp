// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "load/target.hpp"
#include "record/row_batch.hpp"
#include "sql/connection.hpp"

namespace syncline::load {

/// Which rows of a batch have to be sent, and the hash of each row of the batch (0 where rows are not stamped).
struct Chosen {
  std::vector<uint32_t> rows;  ///< indexes, in order
  std::vector<int64_t> hashes;
};

/// Leaves out the rows that are in the table just as we wrote them, before anything is sent: ids and hashes go up, what differs comes back.
/// A row is left out only if its stamp holds our hash and the transaction that really wrote it, and its relations still lead where the
/// source says: so an edit behind our back, and a parent that was given another id, are seen. Used by one thread.
class Skip {
 public:
  /// `question`: Statements::ask_stamps, or "" where rows are not stamped.
  Skip(const Target& target, std::string question);

  /// Part of the batch's transaction. Where nearly nothing could be left out lately (a first load) it is not asked each time; what is sent
  /// needlessly is compared as a whole and found equal.
  base::Result<Chosen> choose(sql::Connection& connection, const record::RowBatch& rows);

 private:
  [[nodiscard]] int64_t hash_of(std::span<const record::Cell> row) const;
  [[nodiscard]] std::vector<uint32_t> askable(const record::RowBatch& rows) const;
  [[nodiscard]] bool is_linked_by_external_ids(std::span<const record::Cell> row) const;
  base::Result<std::vector<bool>> ask(sql::Connection& connection, const record::RowBatch& rows, const std::vector<int64_t>& hashes,
                                      const std::vector<uint32_t>& asked) const;

  const Target& target_;
  const std::string question_;
  bool comparable_ = false;  ///< the database tells keys apart as we do
  int batches_without_asking_ = 0;
};

}  // namespace syncline::load
