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
  for (const record::Record& record : records.records) {
    work.record = record;
    if (filtered_out(work)) {
      ++counters.filtered;
      continue;
    }
    ++counters.mapped;
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

void BoundMapping::strike_found(const record::RecordBatch& records, std::vector<size_t>& missing) const {
  Hints hints(parts_.hints);
  std::erase_if(missing, [&](size_t source) {
    return std::any_of(records.records.begin(), records.records.end(),
                       [&](const record::Record& record) { return !parts_.source_lookups[source].find(record, hints).absent(); });
  });
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

record::Reject BoundMapping::reject_of(const Failure& failure, const record::Record& record, Work& work) const {
  record::Reject reject;
  reject.stage = "map";
  reject.key = base::shown(parts_.key.source.find(work.record, work.hints).text());
  reject.field = failure.column;
  reject.code = failure.refusal.code;
  reject.reason = fmt::format("`{}`{}", failure.column, failure.refusal.reason);
  reject.value = base::shown(failure.value.text());
  reject.payload = record.source;
  return reject;
}

}  // namespace syncline::transform
