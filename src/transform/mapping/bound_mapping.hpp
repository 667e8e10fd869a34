// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "transform/fields/composite_key.hpp"
#include "transform/fields/field_maker.hpp"
#include "transform/fields/relation_key.hpp"
#include "transform/lookup/scope.hpp"
#include "transform/transform.hpp"

namespace syncline::transform {

/// The parts a mapping is made of, as bind puts them together.
struct MappingParts {
  struct BoundFilter {
    Lookup source;
    BoundTest test;
  };
  struct Key {
    Lookup source;
    Converter converter;
    std::optional<CompositeKey> composite = {};  ///< instead of `source`
  };
  /// Of an entity with `each`.
  struct Each {
    Lookup list;
    Lookup record_id;                    ///< names the record in a reject that has no key
    size_t sources_of_record;            ///< so many of `sources` are looked for in the record, the rest in the scope of an element
    std::vector<config::RuleSet> rules;  ///< those the fields refer to
  };
  std::vector<record::RowColumn> columns;
  std::vector<BoundFilter> filters;
  std::optional<Each> each;
  Key key;
  std::vector<FieldMaker> fields;  ///< the version, if any, is the first
  std::vector<RelationKey> relation_keys;
  std::optional<size_t> within;  ///< of relation_keys: what `deletes: {within: …}` finds the record's own row by
  std::vector<NamedSource> sources;
  std::vector<Lookup> source_lookups;  ///< as `sources`
  size_t hints = 0;
};

/// A mapping bound to its table.
class BoundMapping final : public Mapping {
 public:
  explicit BoundMapping(MappingParts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] const std::vector<record::RowColumn>& columns() const override { return parts_.columns; }
  void map(const record::RecordBatch& records, record::RowBatch& rows, std::vector<record::Reject>& rejects,
           record::Counters& counters) const override;
  void speak(const record::RecordBatch& records, SpokenKeys& out) const override;
  [[nodiscard]] const std::vector<NamedSource>& sources() const override { return parts_.sources; }
  void strike_found(const record::RecordBatch& records, std::vector<size_t>& missing) const override;

 private:
  /// Why a record is no row, and in which column.
  struct Failure {
    std::string column;
    Refusal refusal;
    record::Value value;
  };

  /// What the rows and rejects of a page are added to.
  struct Results {
    record::RowBatch& rows;
    std::vector<record::Reject>& rejects;
    record::Counters& counters;
  };

  [[nodiscard]] bool filtered_out(Work& work) const;
  void map_elements(const record::Record& record, Work& work, const Results& results) const;
  void map_element(const record::Record& record, Work& work, const Results& results) const;
  // These two are in speak.cpp.
  void speak_of(Work& work, SpokenKeys& out) const;
  void speak_of_elements(const record::Record& record, Work& work, SpokenKeys& out) const;
  void strike_found_in_elements(const record::RecordBatch& records, std::vector<size_t>& missing) const;
  [[nodiscard]] tl::expected<void, Failure> make_row(Work& work, std::vector<record::Cell>& cells) const;
  [[nodiscard]] FieldMaker::Outcome make_key(Work& work) const;
  [[nodiscard]] FieldMaker::Outcome make_composite_key(Work& work) const;
  [[nodiscard]] std::string shown_key(Work& work) const;
  [[nodiscard]] record::Reject reject_of(const Failure& failure, const record::Record& record, Work& work) const;

  MappingParts parts_;
};

}  // namespace syncline::transform
