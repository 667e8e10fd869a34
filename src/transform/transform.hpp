// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/arena.hpp"
#include "base/result.hpp"
#include "config/entity.hpp"
#include "config/project.hpp"
#include "record/column.hpp"
#include "record/record_batch.hpp"
#include "record/reject.hpp"
#include "record/report.hpp"
#include "record/row_batch.hpp"
#include "record/row_column.hpp"

namespace syncline::transform {

/// A source that a mapping reads values from, as a person finds it again.
struct NamedSource {
  std::string names;  ///< "creation_date, Creation Date"
  config::Place place;
};

/// The keys of the rows that records speak of, whatever becomes of them: as cells of the key column.
struct SpokenKeys {
  /// The rows of one record that was read whole: it is not filtered out, and each of its elements has a key.
  struct Record {
    record::Cell parent;  ///< the external id that `deletes: {within: …}` finds the record's own row by
    size_t first = 0, size = 0;
  };
  std::vector<record::Cell> keys;  ///< texts point into the page or `arena`
  std::vector<Record> records;     ///< in an entity with `within` only
  int64_t untold = 0;              ///< records or elements whose key cannot be told
  base::Arena arena;
};

/// An entity's mapping bound to the table it writes: what each cell is and how it is made. Immutable; may be used by any thread.
class Mapping {
 public:
  virtual ~Mapping() = default;
  /// Key first, then version (if any), fields in file order, relation keys.
  [[nodiscard]] virtual const std::vector<record::RowColumn>& columns() const = 0;

  /// Adds the rows of a page to `rows` (with `each` none, one or several of a record, which counts once as mapped), what could not become a
  /// row to `rejects`, and the counts to `counters` (fetched, mapped, filtered, undecodable; rows and rejected for rejects of stage "map").
  /// Cells may point into `records`, which must outlive `rows`.
  virtual void map(const record::RecordBatch& records, record::RowBatch& rows, std::vector<record::Reject>& rejects,
                   record::Counters& counters) const = 0;

  /// Which rows the records of a page speak of, also those that are filtered out or do not become a row.
  virtual void speak(const record::RecordBatch& records, SpokenKeys& out) const = 0;

  /// Every source of fields, relations, rules and filters. One that no record has at all is a renamed field or a misspelt name.
  [[nodiscard]] virtual const std::vector<NamedSource>& sources() const = 0;
  /// Takes out of `missing`, indexes into `sources()`, those that a record of this page has, even as null; also those looked for in the
  /// elements of `each` if the page has no element at all.
  virtual void strike_found(const record::RecordBatch& records, std::vector<size_t>& missing) const = 0;
};

/// Per relation of an entity, see `bind`.
using ParentKeys = std::vector<std::optional<record::Column>>;

/// Binds an entity to its table. Problems (a mapped column the table lacks, money into a float column, a `local` column that is mapped) are
/// ContractDrift errors that name the file's place and the column. `rules` must outlive the mapping. `parent_keys`: per relation the key
/// column of the parent's entity, where there is one; ids of a relation that has none are taken as they are spelt.
base::Result<std::unique_ptr<Mapping>> bind(const config::Entity& entity, const record::Table& table,
                                            const std::vector<config::RuleSet>& rules, const ParentKeys& parent_keys = {});

}  // namespace syncline::transform
