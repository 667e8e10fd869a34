// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/page_group.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace syncline::sync {
namespace {

/// A transaction is large enough to pay for itself and small enough to be lost: whichever comes first.
constexpr size_t GroupRowsMax = 4'000, GroupBytesMax = size_t{4} << 20;

}  // namespace

void PageGroup::add(Fetched page, std::chrono::steady_clock::time_point now) {
  if (empty()) begun = now;
  bytes += page.records.bytes();
  rows.append(page.rows);
  pages.push_back(std::move(page.records));
  arenas.push_back(std::move(page.rows.arena));
  if (!page.spoken.records.empty()) spoken.push_back(std::move(page.spoken));
  std::move(page.rejects.begin(), page.rejects.end(), std::back_inserter(rejects));
  counters += page.counters;
  checkpoint = std::move(page.checkpoint);
}

bool PageGroup::is_full(std::chrono::steady_clock::time_point now) const {
  return rows.size() + rejects.size() >= GroupRowsMax || bytes >= GroupBytesMax || now - begun >= GroupAgeMax;
}

const record::RecordBatch* PageGroup::page_of(std::string_view source) const {
  const auto holds = [&](const record::RecordBatch& page) {
    const char *begin = page.page.data(), *end = begin + page.page.size();
    return !std::less<>()(source.data(), begin) && std::less<>()(source.data(), end);
  };
  const auto found = std::find_if(pages.begin(), pages.end(), holds);
  return found == pages.end() ? nullptr : &*found;
}

void PageGroup::clear() {
  pages.clear();
  arenas.clear();
  rows.clear();
  rejects.clear();
  spoken.clear();
  counters = {};
  bytes = 0;
}

}  // namespace syncline::sync
