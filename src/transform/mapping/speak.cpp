// SPDX-License-Identifier: Apache-2.0
#include "transform/mapping/bound_mapping.hpp"

namespace syncline::transform {

using record::Cell;
using record::Value;

void BoundMapping::speak(const record::RecordBatch& records, SpokenKeys& out) const {
  out.untold += int64_t(records.undecodable.size());
  Work work{{}, Hints(parts_.hints), out.arena, {}};
  for (const record::Record& record : records.records) {
    work.record = record;
    if (parts_.each) {
      speak_of_elements(record, work, out);
    } else {
      speak_of(work, out);
    }
  }
}

void BoundMapping::speak_of(Work& work, SpokenKeys& out) const {
  if (const auto key = make_key(work); key) {
    out.keys.push_back(*key);
  } else {
    ++out.untold;
  }
}

void BoundMapping::speak_of_elements(const record::Record& record, Work& work, SpokenKeys& out) const {
  const bool filtered = filtered_out(work);
  const Value list = parts_.each->list.find(record, work.hints);
  const bool is_list = list.is(Value::Type::List);
  if (!is_list && !list.absent() && !list.is(Value::Type::Null)) ++out.untold;
  const size_t first = out.keys.size();
  const int64_t untold = out.untold;
  work.occurrences.clear();
  for (const Value& element : list.elements()) {
    const ElementScope scope(record, element);
    work.record = scope.record();
    speak_of(work, out);
  }
  // A list that is absent or null says nothing: its elements may be there.
  if (!parts_.within || filtered || !is_list || out.untold != untold) return;
  const ElementScope scope(record, {});
  work.record = scope.record();
  const Made parent = parts_.relation_keys[*parts_.within].make(work);
  if (parent && parent->has_value()) out.records.push_back({*parent, first, out.keys.size() - first});
}

}  // namespace syncline::transform
