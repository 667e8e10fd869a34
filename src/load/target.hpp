// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/phone.hpp"
#include "base/result.hpp"
#include "config/project.hpp"
#include "load/numbering.hpp"
#include "record/row_column.hpp"
#include "sql/connection.hpp"

namespace syncline::load {

/// One way to find a relation's parent, bound to the parent's table.
struct ParentWay {
  config::RelationWay::Kind kind = config::RelationWay::Kind::External;
  record::Column column;  ///< of the parent: compared with the staged key
  size_t key = 0;         ///< index into Target::columns of what is compared
  std::optional<base::DialingPlan> phone =
      {};  ///< the parent's entity writes telephone numbers into the column: both sides are read as such
};

/// A relation bound to its parent's table.
struct Parent {
  record::TableName table;
  record::Column id;      ///< of the parent: what the relation's column holds
  record::Column column;  ///< of our table: the relation's column
  std::vector<ParentWay> ways;
  std::string account_column;          ///< of the parent; empty: its ids are of one account
  std::optional<size_t> external_way;  ///< the first of `ways` that is an external id
};

/// One column of a natural key.
struct NaturalPart {
  record::Column column;     ///< of our table
  bool is_relation = false;  ///< what `index` counts
  size_t index = 0;          ///< into Target::columns, or into Target::parents
  std::optional<base::DialingPlan> phone =
      {};  ///< a telephone number: of the table's rows, which hold what somebody typed, it is read like this
};

/// Columns whose values together find a row that was there before.
struct NaturalKey {
  std::vector<NaturalPart> parts;
};

/// What a writer writes: the table, the batch's columns and, per relation of the entity, its parent.
struct Target {
  record::Table table;
  std::vector<record::RowColumn> columns;
  std::vector<Parent> parents;
  std::optional<size_t> version;       ///< index into `columns`
  std::optional<uint64_t> stamp_seed;  ///< where rows are stamped: what else but the row's values makes its stamp void
  bool takes_copies = false;           ///< COPY may put rows into the table, and does what INSERT would
  std::string key_collation;           ///< of the key, ready for a statement, when texts that differ can be equal by it; empty otherwise
  std::vector<NaturalKey> adopt;       ///< in the order in which they are tried
  record::Column row_id;               ///< the table's primary key, where rows are adopted
  std::string account_column = {};     ///< holds `account` in the rows that are this entity's; empty: the table has one account's rows
  std::string account = {};
  std::vector<bool> fills = {};                      ///< of each of `columns`: it is written only where it is NULL
  std::map<std::string, std::string> defaults = {};  ///< by column: what the database gives to one that a new row does not speak of, as SQL
  std::vector<Numbered> numbers = {};
  bool has_policies = false;  ///< row level security limits which of its rows this role sees and writes

  /// Whether a column of the table gets its value from the records: a mapped one, or a relation's.
  [[nodiscard]] bool writes(const std::string& column) const;
};

/// Binds an entity's relations to the catalog. What is not there (a parent's external id column, a relation's column, a UNIQUE index on the
/// key, a primary key that tells adopted rows apart) is ContractDrift with the command that makes it.
base::Result<Target> bind_target(sql::Connection& connection, const config::Project& project, const config::Entity& entity,
                                 const record::Table& table, std::vector<record::RowColumn> columns);

}  // namespace syncline::load
