// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "config/rules.hpp"
#include "record/column.hpp"

namespace syncline::config {

/// A field's declared type, where the column alone does not say it.
enum class FieldType { FromColumn, Text, Integer, Decimal, Money, Boolean, Timestamp, Date, Time, Json, Uuid, Email, Phone };

/// What becomes of a key the record does not have, of "", of a value outside a map.
enum class Policy { Keep, Null, Reject };

/// The unit an amount has at the source, for type money. The column says which one it has: integer columns hold minor units.
enum class MoneyUnit { Major, Minor };

/// One mapped column.
struct FieldMapping {
  std::string column;
  Source from;                          ///< empty paths when `constant` or `rules` give the value
  std::optional<std::string> constant;  ///< `const:`
  std::string rules;                    ///< name of the RuleSet
  FieldType type = FieldType::FromColumn;
  std::optional<base::Zone> zone;   ///< of local times at the source; for types date and time: where the day, the time of day is
  std::optional<Source> zone_from;  ///< or where the record names it
  base::Zone::Unclear unclear = base::Zone::Unclear::Refuse;
  std::string format;  ///< of dates and times, e.g. "%m/%d/%Y"; empty: ISO 8601
  MoneyUnit unit = MoneyUnit::Major;
  bool money_as_minor = false;          ///< `store: minor` for a column whose type does not tell
  std::string currency;                 ///< a code, for `currency: USD`
  std::optional<Source> currency_from;  ///< or where the record says it
  bool decorated = false;               ///< `decorated: true`: "$1,234.50", "(12.30)"; always on for money
  char decimal_mark = '.';
  std::string calling_code;          ///< of type phone: the country of numbers without a "+"; digits, empty: only numbers with one
  std::optional<std::string> trunk;  ///< of type phone: what stands before a number within the country; absent: the country's own
  bool drops_extension = false;      ///< of type phone: `extension: drop`, not a reject
  std::map<std::string, std::optional<std::string>> values;  ///< value map, compared trimmed and without case; empty: none
  std::optional<std::string> otherwise;                      ///< for a value outside the map, unless `otherwise_policy` says
  std::optional<Policy> otherwise_policy;                    ///< `otherwise: reject | null | keep` (keep: the value as it is)
  std::optional<std::string> fallback;                       ///< `default:` for null and absent
  Policy on_missing = Policy::Keep;
  bool may_be_missing = false;  ///< the file says what then: many records without it are no sign of a change at the source
  bool fill = false;            ///< `fill: true`: only where the column is NULL
  std::optional<Policy> blank;  ///< for ""; nullopt: text keeps it, every other type rejects it
  bool taken_as_null = false;   ///< `taken: null`: where another row has the value of a UNIQUE column, this one goes without
  Place place;
};

/// A column of `fields:` that gets a number when its row is inserted, and never again.
struct Numbering {
  std::string column;
  std::optional<record::TableName> sequence;  ///< `sequence:`…
  bool create_after_max = false;              ///< …with `create: after_max`: `plan` makes it
  std::string next_in;                        ///< or `next_in:`, a relation's column: 1, 2, … within the row it leads to
  Place place;
};

/// One way to find the parent row of a relation.
struct RelationWay {
  enum class Kind { External, Column } kind = Kind::External;
  std::string column;  ///< Column: the parent's column that is compared (trimmed and folded for text)
  Source from;
  Place place;
};

/// A column of the table that points at another entity's row.
struct Relation {
  std::string column;
  std::string entity;                      ///< to: an entity…
  std::optional<record::TableName> table;  ///< …or a table that is not synced, with `table_column`
  std::string table_column;
  std::vector<RelationWay> by;
  enum class Missing {
    Null,
    Reject,
    Wait,  ///< the row is stored until its parent is there
    Link,  ///< null for now, and linked at the end of the run: what a run makes of Null where the parent comes later; in no file
  } missing = Missing::Null;
  enum class Ambiguous { Null, Reject } ambiguous = Ambiguous::Reject;
  Place place;
};

/// Columns of the table, written by the mapping, whose values together tell whose row it is: finds rows that were there before a sync.
struct NaturalKey {
  std::vector<std::string> columns;
  Place place;
};

/// `where:`: a record that fails a test is counted as filtered.
struct Filter {
  Source from;
  Test test;
};

/// The two columns by which a row is known to be as we wrote it: the hash of what the source said, and the transaction that wrote it.
namespace stamp {
constexpr std::string_view Hash = "sync_hash", Transaction = "sync_xid";
}  // namespace stamp

/// The first steps of paths in an entity with `each`: the record that was fetched, and the element of its list. A path that begins with
/// neither looks in the element, and there only. In `each` and `where` a path looks in the record.
namespace scope {
constexpr std::string_view Record = "record", Element = "element";
}  // namespace scope

/// A part of a key that is made of several.
struct KeyPart {
  enum class Kind {
    Value,
    Occurrence,  ///< 1, 2, … among the elements of one record whose other parts are equal; `from` is empty
  } kind = Kind::Value;
  Source from;
};

/// What becomes of rows whose record is gone at the source.
struct Deletes {
  enum class Kind {
    Ignore,  ///< they stay
    Soft,    ///< `column` is set
    Hard,    ///< they are deleted
  } kind = Kind::Ignore;
  std::string column;      ///< Soft: a timestamp, a date or a boolean of the table
  bool resurrect = false;  ///< Soft: a record that is there clears the column, whoever has set it
  std::string within;      ///< Hard, with `each`: the relation to the record's own row; only elements that left a record that was read go
  Place place;
};

/// One of the user's things: a mapping from a stream onto a table. entities/NAME.yaml. A file with several accounts is one entity for each,
/// of the same name.
struct Entity {
  std::string name;
  record::TableName table;
  std::string account;
  std::string stream;
  std::optional<Source> each;       ///< a list in the record: one row for each of its elements; see `scope`
  std::optional<base::Date> start;  ///< how far back the first run reads
  std::vector<Filter> where;
  struct Key {
    std::string column;
    Source from;  ///< empty when there are parts
    Place place;
    std::vector<KeyPart> parts = {};
    std::string account_column = {};  ///< holds the account's name where several accounts feed the table; empty: none
  } key;
  struct Version {
    std::string column;
    Source from;
    Place place;
  };
  std::optional<Version> version;  ///< older never overwrites newer
  std::vector<FieldMapping> fields;
  std::vector<Numbering> numbers;
  std::vector<Relation> relations;
  std::vector<NaturalKey> adopt;   ///< tried in order for a record whose external id no row has
  std::vector<std::string> local;  ///< columns that are never written
  bool insert = true;              ///< `insert: false`: only rows that exist are written
  Deletes deletes;
  std::optional<int64_t> batch_rows;  ///< rows of a transaction; none: as many as rows, bytes and time make sensible
  int passes = 1;                     ///< how often a list that is paged by number is read at most, until nothing new comes
  bool stamp = true;                  ///< whether the table may have the two stamp columns, where the database can use them
  Place place;

  /// The columns that tell its rows apart, in the order of their UNIQUE index.
  [[nodiscard]] std::vector<std::string> key_columns() const {
    if (key.account_column.empty()) return {key.column};
    return {key.account_column, key.column};
  }
};

}  // namespace syncline::config
