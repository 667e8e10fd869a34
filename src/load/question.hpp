// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "config/entity.hpp"
#include "load/target.hpp"
#include "sql/dialect.hpp"

namespace syncline::load {

/// What the database is asked about a batch before any of it is staged. Pure text. Borrows the target and the entity.
class Question {
 public:
  Question(const Target& target, const config::Entity& entity, sql::Dialect dialect);

  /// Which rows of a batch are not in the table as they should be, what each is (`stamped::…`), and the id of each relation's parent.
  /// PostgreSQL: of keys ($1), hashes ($2) and the external ids of each relation ($3…) as arrays, with the position, from 1, first; empty
  /// where rows are not stamped. SQLite, where asking costs no journey: of one row, whose cells are ?1, ?2, …, by comparing it whole.
  [[nodiscard]] std::string text() const;

  /// Any row of this entity; none where nothing of it has been written yet.
  [[nodiscard]] std::string any_row() const;

 private:
  [[nodiscard]] std::string ask_stamps() const;
  [[nodiscard]] std::string ask_each() const;

  const Target& target_;
  const config::Entity& entity_;
  const sql::Dialect dialect_;
};

}  // namespace syncline::load
