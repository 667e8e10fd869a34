// SPDX-License-Identifier: Apache-2.0
#include "record/report.hpp"

namespace syncline::record {

constexpr size_t SumsMax = 50;

Counters& Counters::operator+=(const Counters& other) {
  fetched += other.fetched;
  mapped += other.mapped;
  filtered += other.filtered;
  undecodable += other.undecodable;
  rows += other.rows;
  inserted += other.inserted;
  updated += other.updated;
  unchanged += other.unchanged;
  adopted += other.adopted;
  unmatched += other.unmatched;
  stale += other.stale;
  duplicate += other.duplicate;
  rejected += other.rejected;
  waiting += other.waiting;
  deleted += other.deleted;
  local_edits += other.local_edits;
  restamped += other.restamped;
  unlinked += other.unlinked;
  return *this;
}

bool Counters::ledger_holds() const {
  return fetched == mapped + filtered + undecodable &&
         rows == inserted + updated + unchanged + adopted + unmatched + stale + duplicate + rejected + waiting;
}

void add(std::vector<ErrorSummary>& sums, const Reject& reject) {
  for (ErrorSummary& sum : sums) {
    if (sum.code != reject.code || sum.field != reject.field) continue;
    ++sum.count;
    return;
  }
  if (sums.size() < SumsMax) sums.push_back({reject.code, reject.reason, reject.key, 1, reject.field});
}

}  // namespace syncline::record
