// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>

#include "load/target.hpp"
#include "sql/dialect.hpp"

namespace syncline::load {

/// The set-wise SQL that finds rows which were there before a sync: rows without an external id whose natural key is a staged row's. It
/// works on the ready table, after that has been judged, and looks only for rows that would be inserted. Pure text.
///
/// Per natural key there is a table natural (n, key, k0…: the staged rows' values, folded where they are text), and one table claim for all
/// (n, way, key, id, candidates, place, value): the first few candidates of each staged row, from the first natural key that found any.
class Adoption {
 public:
  /// How long its temporary tables last on PostgreSQL.
  enum class Lifetime { Transaction, Session };
  /// `ready`: as SQL writes it.
  Adoption(const Target& target, const std::string& entity, sql::Dialect dialect, std::string ready);

  [[nodiscard]] bool wanted() const { return !target_.adopt.empty(); }
  /// Temporary tables; "" where nothing is adopted.
  [[nodiscard]] std::string create(Lifetime lifetime) const;
  /// Their names, ready for a statement.
  [[nodiscard]] std::vector<std::string> temporary_tables() const;
  /// The columns that the ready table needs.
  [[nodiscard]] std::string ready_columns() const;
  /// Empties the natural tables; claims stay.
  [[nodiscard]] std::string clear() const;
  [[nodiscard]] std::string clear_claims() const;

  /// A row for the first staged row that would be inserted; none if there is none.
  [[nodiscard]] std::string any_new() const;
  /// The values of one natural key that the rows have which would be inserted and claim nothing yet. A row without a value, or with a blank
  /// one, has no such key.
  [[nodiscard]] std::string look(size_t way) const;
  /// Who has these values. An ambiguous key is a claim, too: the next one must not decide what this one cannot.
  [[nodiscard]] std::string claim(size_t way) const;
  /// n and value, as it is remembered, of the staged rows whose natural key has found nobody.
  [[nodiscard]] std::string unclaimed(size_t way) const;
  /// Those of `contested` ("(n, 'owner'), …") whose value the row of that external id has, and does not lose in this batch: claims without
  /// a candidate.
  [[nodiscard]] std::string contest(size_t way, const std::string& contested) const;
  /// way, value as it is remembered, and external id of each row that is adopted.
  [[nodiscard]] std::string adopted() const;
  /// Gives the rows that claim something their verdict.
  [[nodiscard]] std::string resolve_claims() const;
  /// n, way, id, candidates, value, key, owner of every claim that cannot be resolved, by n: more than one candidate, another record that
  /// claims the same row, or (candidates: 0) a row that has an owner already.
  [[nodiscard]] std::string unclear() const;
  /// Locks the rows that will be adopted, in the order of their primary key, and counts those that are still free and found by the same
  /// natural key. Rows with an external id are locked before: as long as every writer does that, none can deadlock with another. Nothing of
  /// the batch is written before: a row may have to let go of the very value by which it is found.
  [[nodiscard]] std::string lock_free() const;
  /// Whether row t is the one that ready row r adopts.
  [[nodiscard]] std::string is_adopted() const;

  /// How many candidates are named.
  static constexpr int NamesMax = 5;

 private:
  [[nodiscard]] std::string natural(size_t way) const;
  /// The staged row's values as one text for a person, of a natural table called k.
  [[nodiscard]] std::string shown(size_t way) const;
  /// The same for a hash: equal values are equal texts, and others are not.
  [[nodiscard]] std::string remembered(size_t way) const;
  /// Whether the row f of an owner gets another value in this batch.
  [[nodiscard]] std::string lets_go(size_t way) const;
  /// A natural key of the rows t of the table, found as f by the staged ones' k.
  struct RowKey {
    std::string values;  ///< its parts
    std::string named;   ///< … AS k0, …
    std::string equal;   ///< f.k0 = k.k0 AND …
    std::string may_be;  ///< AND …, where that leaves most rows out at little cost
  };
  [[nodiscard]] RowKey row_key(size_t way) const;
  [[nodiscard]] std::string and_may_be_phone(const NaturalPart& part, size_t way, size_t i) const;
  [[nodiscard]] std::string of_row(const NaturalPart& part) const;
  [[nodiscard]] std::string of_staged(const NaturalPart& part) const;
  [[nodiscard]] std::string row_id() const;
  [[nodiscard]] std::string still_free() const;

  const Target& target_;
  const std::string entity_;
  const sql::Dialect dialect_;
  const std::string ready_, claim_;
};

}  // namespace syncline::load
