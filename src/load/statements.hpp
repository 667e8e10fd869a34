// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "config/entity.hpp"
#include "load/adoption.hpp"
#include "load/target.hpp"
#include "load/verdict.hpp"
#include "sql/dialect.hpp"

namespace syncline::load {

/// Whether relations that find no parent are judged: not in a dry run, whose own parents never land.
enum class Relations { Judge, TakeAsNull };

/// What becomes of the temporary tables at COMMIT on PostgreSQL: making them costs more than a small batch.
enum class Tables { Keep, Drop };

enum class Stamping { Stamp, Leave };
/// Whether rows of the batch come back: their mark goes with the values that are written.
enum class Unmarking { None, Some };

/// The set-wise SQL that takes a batch into a table: stage → found (parents by other columns) → ready (matched, judged) → lock, update,
/// insert. Pure text, made once per target.
///
/// stage has the columns n, kept0…, hash, c0… in the order of Target::columns. ready has n, verdict, kept0…, c0… (without relation keys)
/// unlinked (1 where a parent is named and not found) and m0…, one per relation, all typed as the target's; where rows are stamped also
/// hash, stampable, edited (the table's stamp has our hash) and restamp (equal, but its stamp does not
/// hold); where rows are deleted softly also returns (1: the mark goes); where rows are adopted also way (which natural key found the row)
/// and adopts (its primary key).
class Statements {
 public:
  /// `tables`: whether the temporary tables outlive a transaction (PostgreSQL).
  Statements(const Target& target, const config::Entity& entity, sql::Dialect dialect, Relations relations, Tables tables = Tables::Drop);

  [[nodiscard]] const std::string& stage_table() const { return stage_; }
  [[nodiscard]] const std::string& ready_table() const { return ready_; }
  /// n, kept0…, hash (where rows are stamped), c0…: what Connection::insert_many is given.
  [[nodiscard]] const std::vector<record::Column>& stage_columns() const { return stage_columns_; }
  /// The same for rows of which nothing is kept.
  [[nodiscard]] const std::vector<record::Column>& stage_columns_without_kept() const { return stage_columns_without_kept_; }
  /// How many `kept` columns there are: each holds 62 columns' bits.
  [[nodiscard]] size_t kept_columns() const { return kept_columns_; }
  static constexpr size_t KeptBits = 62;
  /// Whether a row of that name does not speak of a column.
  [[nodiscard]] static std::string is_kept(size_t column, const std::string& from);

  /// Temporary tables, empty at the begin of each transaction on PostgreSQL. Where they outlive it they are made once a writer.
  [[nodiscard]] std::string create() const;
  /// Empties them, for another range of rows in the same transaction.
  [[nodiscard]] std::string clear() const;
  /// Finds parents by one way that is not their external id.
  [[nodiscard]] std::string find(size_t relation, size_t way) const;
  /// Matches and judges every staged row. `ways_used[relation][way]` says which relation keys the batch has at all; `keeps` whether any
  /// cell says Keep.
  [[nodiscard]] std::string make_ready(const std::vector<std::vector<bool>>& ways_used, bool keeps) const;
  /// verdict, count, how many of them are local edits, how many could be stamped again, how many name a parent that is not there.
  [[nodiscard]] std::string tally() const;
  /// n, verdict of the rows whose relation failed.
  [[nodiscard]] std::string failed_relations() const;
  /// n, relation of the rows that wait for a parent.
  [[nodiscard]] std::string waiting_rows() const;
  /// n, relation of the rows in the table whose link is to be made later; empty where there is no such relation.
  [[nodiscard]] std::string open_links() const;
  /// Locks the rows that will change, in key order, so that two writers cannot deadlock. Empty where the dialect has no row locks.
  [[nodiscard]] std::string lock() const;
  /// `keeps` as above. In a savepoint rows carry another transaction's id than the one that can be asked for, so they are left unstamped.
  [[nodiscard]] std::string update(bool keeps, Stamping stamping, Unmarking unmarking) const;
  [[nodiscard]] std::string insert(bool keeps, Stamping stamping) const;
  /// Of the known rows in the ready table: locks those that differ, in key order, and writes what `update` does. How many those were, how
  /// many of them are local edits, and where they are fewer than $1 their numbers, as an array. PostgreSQL only, as the next two.
  [[nodiscard]] std::string update_known() const;
  /// Takes these rows ($1) out of the ready table: they are written, and a trigger may have made of them what it likes.
  [[nodiscard]] std::string forget_updated() const;
  /// Judges the known rows that are left by what is there after that. One that is gone meanwhile keeps its verdict.
  [[nodiscard]] std::string judge_known() const;
  /// Inserts every staged row, stamped, with its parents by their external ids. A row whose key is there by now is left out.
  [[nodiscard]] std::string insert_staged(bool keeps) const;
  /// Writes what `update` does, and the external id, into rows that were there before and are locked. Their version does not speak of the
  /// record.
  [[nodiscard]] std::string adopt(bool keeps, Stamping stamping, Unmarking unmarking) const;
  [[nodiscard]] const Adoption& adoption() const { return adoption_; }
  /// Of the rows of these numbers ("1, 2") a column's value becomes NULL, and they are not stamped: the value may be theirs one day.
  [[nodiscard]] std::string take_as_null(size_t column, const std::string& rows) const;
  /// Which of these rows differ no more from what is there.
  [[nodiscard]] std::string judge_again(const std::string& rows) const;
  /// Marks rows that are equal as ours again. What has changed since they were compared, or is locked by somebody, is left alone: nothing
  /// is waited for, so it does not matter which locks are held by now.
  [[nodiscard]] std::string restamp() const;
  /// Planner settings for joins of a small batch with a large table; empty where there are none.
  [[nodiscard]] std::string plan_for_small_batch() const;
  [[nodiscard]] std::string plan_as_usual() const;

 private:
  [[nodiscard]] std::vector<std::string> temporary_tables() const;
  [[nodiscard]] std::string found_table(size_t relation, size_t way) const;
  [[nodiscard]] std::string staged(size_t column) const;
  [[nodiscard]] std::string unless_kept(size_t column, const std::string& from, const std::string& value) const;
  [[nodiscard]] std::string final_value(size_t column, bool keeps) const;
  /// Of a relation: the id that was matched, or what the column holds where the record does not speak of the relation.
  /// What a column of a row that is there becomes: of one that is only filled, its own value goes before the new one.
  [[nodiscard]] std::string written(size_t column, const std::string& from, const std::string& value, bool keeps) const;
  /// What a column of a new row becomes: the database's default where the record does not speak of it.
  [[nodiscard]] std::string new_value(size_t column, const std::string& from, const std::string& value, bool keeps) const;
  [[nodiscard]] std::string new_link(size_t relation, const std::string& from, const std::string& value, bool keeps) const;
  [[nodiscard]] std::string is_link_kept(size_t relation, const std::string& from) const;
  [[nodiscard]] std::string link(size_t relation, const std::string& from, bool keeps) const;
  [[nodiscard]] std::string relation_key(size_t relation, size_t way) const;
  /// The key as the found table has it.
  [[nodiscard]] std::string looked_for(size_t relation, size_t way) const;
  /// INSERT … SELECT the written columns' values, the relations' ids, and ours.
  [[nodiscard]] std::string insert_into(std::vector<std::string> values, const std::vector<std::string>& ids, const std::string& hash,
                                        const std::string& transaction, const std::string& from) const;
  [[nodiscard]] std::vector<std::string> assignments(bool keeps, Stamping stamping, Unmarking unmarking = Unmarking::None) const;
  [[nodiscard]] std::string known_differs() const;
  [[nodiscard]] std::string version_guard(const std::string& newer) const;
  [[nodiscard]] bool stamps() const { return target_.stamp_seed.has_value(); }
  [[nodiscard]] bool marks() const { return entity_.deletes.kind == config::Deletes::Kind::Soft; }
  /// Whether a relation's links are made at the end of the run where they cannot be made now.
  [[nodiscard]] bool links_later() const;
  [[nodiscard]] std::string stampable(const std::vector<std::vector<bool>>& ways_used) const;

  const Target& target_;
  const config::Entity& entity_;
  const sql::Dialect dialect_;
  const Relations relations_;
  const Tables tables_;
  const std::string stage_, ready_;
  const Adoption adoption_;
  std::vector<record::Column> stage_columns_, stage_columns_without_kept_;
  std::vector<size_t> written_;  ///< indexes of Target::columns that the table has: key, version, fields
  size_t kept_columns_ = 0;
};

}  // namespace syncline::load
