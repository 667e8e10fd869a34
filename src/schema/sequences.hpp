// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "record/column.hpp"
#include "sql/connection.hpp"

namespace syncline::schema {

/// A sequence that numbers an integer column (PostgreSQL).
struct Sequence {
  std::string column;
  std::string name;        ///< "public.customers_id_seq", quoted where needed
  std::string next;        ///< the number it gives next, in digits
  std::string limit;       ///< the last one that both it and the column can hold
  bool half_used = false;  ///< it or the column is smaller than bigint, and half of its numbers are behind it
  bool exhausted = false;  ///< the last of them is given
};

/// Those of a table that this role may look at; none on SQLite.
base::Result<std::vector<Sequence>> readable_sequences(sql::Connection& connection, const record::Table& table);

/// The names of all sequences that a column's DEFAULT asks for a number, ready for a statement: a role that inserts needs USAGE on them
/// (on those of identity columns it does not). None on SQLite.
base::Result<std::vector<std::string>> sequences_of_defaults(sql::Connection& connection, const record::TableName& table);

}  // namespace syncline::schema
