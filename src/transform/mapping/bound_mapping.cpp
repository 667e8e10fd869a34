// SPDX-License-Identifier: Apache-2.0
#include "transform/mapping/bound_mapping.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "base/text.hpp"

namespace syncline::transform {
namespace {

using record::Cell;
using record::Value;

record::Reject reject_of(const record::Undecodable& item) {
  record::Reject reject;
  reject.stage = "decode";
  reject.code = "undecodable";
  reject.reason = item.reason;
  reject.value = base::shown(item.source);
  reject.payload = item.source;
  return reject;
}

}  // namespace

void BoundMapping::map(const record::RecordBatch& records, record::RowBatch& rows, std::vector<record::Reject>& rejects,
                       record::Counters& counters) const {
  base::check(rows.columns == 0 || rows.columns == parts_.columns.size(), "rows of one mapping are added to rows of another");
  rows.columns = parts_.columns.size();
  counters.fetched += int64_t(records.fetched());
  counters.undecodable += int64_t(records.undecodable.size());
  for (const record::Undecodable& item : records.undecodable) rejects.push_back(transform::reject_of(item));

  Work work{{}, Hints(parts_.hints), rows.arena, {}};
  const Results results{rows, rejects, counters};
  for (const record::Record& record : records.records) {
    work.record = record;
    if (filtered_out(work)) {
      ++counters.filtered;
      continue;
    }
    ++counters.mapped;
    if (parts_.each) {
      map_elements(record, work, results);
      continue;
    }
    const size_t before = rows.cells.size();
    if (const auto made = make_row(work, rows.cells); made) {
      rows.sources.push_back(record.source);
    } else {
      rows.cells.resize(before);
      rejects.push_back(reject_of(made.error(), record, work));
      ++counters.rows;
      ++counters.rejected;
    }
  }
}

/// An absent list is as an empty one: there is nothing to make a row of.
void BoundMapping::map_elements(const record::Record& record, Work& work, const Results& results) const {
  const Value list = parts_.each->list.find(record, work.hints);
  work.occurrences.clear();
  if (list.is(Value::Type::List)) {
    for (const Value& element : list.elements()) {
      const ElementScope scope(record, element);
      work.record = scope.record();
      map_element(record, work, results);
    }
  } else if (!list.absent() && !list.is(Value::Type::Null)) {
    const std::string names = parts_.each->list.names();
    const ElementScope scope(record, {});
    work.record = scope.record();
    results.rejects.push_back(
        reject_of({names, {"not_a_list", fmt::format(" is {}, not a list whose elements become rows", record::name_of(list.type()))}, list},
                  record, work));
    ++results.counters.rows;
    ++results.counters.rejected;
  }
}

void BoundMapping::map_element(const record::Record& record, Work& work, const Results& results) const {
  std::vector<Cell>& cells = results.rows.cells;
  const size_t before = cells.size();
  const auto made = make_row(work, cells);
  if (made) {
    results.rows.sources.push_back(record.source);
    return;
  }
  record::Reject reject = reject_of(made.error(), record, work);
  // The payload is the record: of several elements it does not say which.
  if (reject.value.empty()) reject.value = base::shown(work.record.fields[0].value.text());
  // A key that could be made is exact: it tells this element from its equals.
  if (cells.size() > before && cells[before].type == Cell::Type::Text) reject.key = base::shown(cells[before].text());
  results.rejects.push_back(std::move(reject));
  cells.resize(before);
  ++results.counters.rows;
  ++results.counters.rejected;
}

void BoundMapping::strike_found(const record::RecordBatch& records, std::vector<size_t>& missing) const {
  if (parts_.each) return strike_found_in_elements(records, missing);
  Hints hints(parts_.hints);
  std::erase_if(missing, [&](size_t source) {
    return std::any_of(records.records.begin(), records.records.end(),
                       [&](const record::Record& record) { return !parts_.source_lookups[source].find(record, hints).absent(); });
  });
}

void BoundMapping::strike_found_in_elements(const record::RecordBatch& records, std::vector<size_t>& missing) const {
  if (missing.empty() || records.records.empty()) return;
  Hints hints(parts_.hints);
  bool any_element = false;
  const auto has = [&](size_t source, const record::Record& in) { return !parts_.source_lookups[source].find(in, hints).absent(); };
  for (const record::Record& record : records.records) {
    std::erase_if(missing, [&](size_t source) { return source < parts_.each->sources_of_record && has(source, record); });
    for (const Value& element : parts_.each->list.find(record, hints).elements()) {
      if (element.is(Value::Type::Null)) continue;  // of nothing every path is null
      any_element = true;
      const ElementScope scope(record, element);
      std::erase_if(missing, [&](size_t source) { return source >= parts_.each->sources_of_record && has(source, scope.record()); });
    }
  }
  // A page without any element says nothing about what elements have: the lists of most records may well be empty.
  if (!any_element) std::erase_if(missing, [&](size_t source) { return source >= parts_.each->sources_of_record; });
}

bool BoundMapping::filtered_out(Work& work) const {
  return std::any_of(parts_.filters.begin(), parts_.filters.end(), [&](const MappingParts::BoundFilter& filter) {
    return !filter.test.passes(filter.source.find(work.record, work.hints));
  });
}

tl::expected<void, BoundMapping::Failure> BoundMapping::make_row(Work& work, std::vector<Cell>& cells) const {
  const auto failed = [](const std::string& column, Refusal refusal, Value value) {
    return tl::unexpected(Failure{column, std::move(refusal), value});
  };

  auto key = make_key(work);
  if (!key) return failed(parts_.key.converter.column().name, std::move(key.error().refusal), key.error().value);
  cells.push_back(*key);
  for (const FieldMaker& field : parts_.fields) {
    auto cell = field.make(work);
    if (!cell) return failed(field.column().name, std::move(cell.error().refusal), cell.error().value);
    cells.push_back(*cell);
  }
  for (const RelationKey& relation : parts_.relation_keys) {
    Made cell = relation.make(work);
    if (!cell)
      return failed(parts_.columns[1 + parts_.fields.size() + size_t(&relation - parts_.relation_keys.data())].column.name,
                    std::move(cell).error(), {});
    cells.push_back(*cell);
  }
  return {};
}

FieldMaker::Outcome BoundMapping::make_key(Work& work) const {
  if (parts_.key.composite) return make_composite_key(work);
  const Value value = parts_.key.source.find(work.record, work.hints);
  if (says_nothing(value)) {
    const std::string_view found = value.is(Value::Type::Text) ? "blank" : record::name_of(value.type());
    return tl::unexpected(
        FieldMaker::Failure{{"missing_key", fmt::format(" is the key, and {} is {}", parts_.key.source.names(), found)}, value});
  }
  Made cell = parts_.key.converter.convert(value, work);
  if (!cell) return tl::unexpected(FieldMaker::Failure{std::move(cell).error(), value});
  return *cell;
}

FieldMaker::Outcome BoundMapping::make_composite_key(Work& work) const {
  const auto key = parts_.key.composite->make(work);
  if (!key) return tl::unexpected(key.error());
  const Value value = Value::text(*key);
  Made cell = parts_.key.converter.convert(value, work);
  if (!cell) return tl::unexpected(FieldMaker::Failure{std::move(cell).error(), value});
  return *cell;
}

/// As much of the key as there is; what has none is named by its record's id.
std::string BoundMapping::shown_key(Work& work) const {
  std::string key =
      parts_.key.composite ? parts_.key.composite->known(work) : std::string(parts_.key.source.find(work.record, work.hints).text());
  if (key.empty() && parts_.each) key = parts_.each->record_id.find(work.record, work.hints).text();
  return base::shown(key);
}

record::Reject BoundMapping::reject_of(const Failure& failure, const record::Record& record, Work& work) const {
  record::Reject reject;
  reject.stage = "map";
  reject.key = shown_key(work);
  reject.field = failure.column;
  reject.code = failure.refusal.code;
  reject.reason = fmt::format("`{}`{}", failure.column, failure.refusal.reason);
  reject.value = base::shown(failure.value.text());
  reject.payload = record.source;
  return reject;
}

}  // namespace syncline::transform
