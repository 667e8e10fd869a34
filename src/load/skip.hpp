// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "load/question.hpp"
#include "load/target.hpp"
#include "record/row_batch.hpp"
#include "sql/connection.hpp"

namespace syncline::load {

/// What is to be done with the rows of a batch, by their indexes; the others are in the table as we wrote them.
struct Chosen {
  std::vector<uint32_t> judged;   ///< sent, matched and compared with what is there; in the order of their arrival
  std::vector<uint32_t> fresh;    ///< new beyond doubt, their parents found: inserted without more ado; in the order of their keys
  std::vector<uint32_t> known;    ///< there, their parents found: compared and updated without more ado; in the order of their arrival
  std::vector<int64_t> hashes;    ///< of every row of the batch; 0 where rows are not stamped
  sql::Rows answer;               ///< what the database said of the rows that are not as we wrote them
  std::vector<uint32_t> answers;  ///< of each row of the batch, its place in `answer` if it is fresh or known
  bool assumed = false;           ///< nobody was asked whether the fresh rows are new

  /// How many rows are not as they should be.
  [[nodiscard]] size_t sent() const { return judged.size() + fresh.size() + known.size(); }
  [[nodiscard]] bool nothing() const { return sent() == 0; }
  /// Of a fresh or known row: the id of the parent that a relation leads to, as text; nullopt where it leads to none.
  [[nodiscard]] const std::optional<std::string>& parent_id(uint32_t row, size_t relation) const {
    return answer.at(answers[row], FirstParentId + relation);
  }
  [[nodiscard]] int64_t parent_number(uint32_t row, size_t relation) const {
    return answer.integer(answers[row], FirstParentId + relation);
  }

  static constexpr size_t FirstParentId = 2;
};

/// Leaves out the rows that are in the table just as they should be, before anything is staged. PostgreSQL: ids and hashes go up, what
/// differs comes back; a row is left out only if its stamp holds our hash and the transaction that really wrote it, and its relations still
/// lead where the source says: so an edit behind our back, and a parent that was given another id, are seen. SQLite: every row is compared
/// where it is. Used by one thread.
class Skip {
 public:
  Skip(const Target& target, const Question& question);

  /// Part of the batch's transaction. Where asking was of little use lately it is not done each time; what is sent needlessly is compared
  /// as a whole and found equal.
  base::Result<Chosen> choose(sql::Connection& connection, const record::RowBatch& rows);

  /// A row that was assumed to be new is there: from now on all are asked about.
  void assume_no_more() { nothing_there_ = false; }

 private:
  [[nodiscard]] int64_t hash_of(std::span<const record::Cell> row);
  [[nodiscard]] std::vector<uint32_t> askable(const record::RowBatch& rows) const;
  [[nodiscard]] bool is_linked_by_external_ids(std::span<const record::Cell> row) const;
  /// Whether the table had no row of this entity when the first batch came, and rows are new without being asked about.
  base::Result<bool> assumes_new(sql::Connection& connection);
  /// Asks, where that is of use, and notes what each row is (`stamped::…`).
  base::Result<void> look(sql::Connection& connection, const record::RowBatch& rows, Chosen& out, std::vector<int64_t>& found);
  base::Result<sql::Rows> ask(sql::Connection& connection, const record::RowBatch& rows, const std::vector<int64_t>& hashes,
                              const std::vector<uint32_t>& asked) const;

  const Target& target_;
  const std::string question_, any_row_;
  const bool comparable_;              ///< the database tells keys apart as we do
  std::optional<bool> nothing_there_;  ///< nobody has looked yet
  int batches_without_asking_ = 0;
  std::vector<char> hashed_;  ///< reused from row to row
};

}  // namespace syncline::load
