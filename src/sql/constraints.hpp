// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/result.hpp"
#include "record/column.hpp"
#include "record/row_batch.hpp"
#include "sql/connection.hpp"

namespace syncline::sql {

/// A CHECK of a table. `columns` are those it speaks of; a name of "" is the whole row.
struct CheckConstraint {
  std::string name, expression;
  std::vector<std::string> columns;
};

/// A UNIQUE index or constraint as expressions over the table's bare column names.
struct UniqueConstraint {
  std::string name;
  std::vector<std::string> keys;     ///< "email" in quotes, or (lower(email))
  std::string predicate;             ///< of a partial index; "" otherwise
  std::vector<std::string> columns;  ///< that the keys and the predicate speak of
  bool plain = false;                ///< each key is a column, and there is no predicate
  bool deferrable = false;           ///< judged at the end of a statement at the earliest
};

/// What a table's rows must obey beside NOT NULL and foreign keys, which record::Table tells.
struct Constraints {
  std::vector<CheckConstraint> checks;    ///< none on SQLite, whose catalog has only the statement that made the table
  std::vector<UniqueConstraint> uniques;  ///< the primary key among them
  std::set<std::string> unreadable;       ///< names of foreign keys to tables that this role may not read, or not all of
  bool rewritten = false;                 ///< a trigger may change rows on their way in
};

/// Reads them from the catalog. What they cannot express (NULLS NOT DISTINCT, exclusion, SQLite's partial indexes) is left out.
base::Result<Constraints> read_constraints(Connection& connection, const record::Table& table);

/// Why a column would refuse a cell before the database is asked: the error insert_many gives, or an enum's missing label.
[[nodiscard]] std::optional<base::Error> refusal(const record::Cell& cell, const record::Column& column);

}  // namespace syncline::sql
