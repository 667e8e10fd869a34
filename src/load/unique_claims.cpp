// SPDX-License-Identifier: Apache-2.0
#include "load/unique_claims.hpp"

#include <algorithm>
#include <utility>

namespace syncline::load {
namespace {

/// Of rows of the batch that would have the same value, the one that has it by now keeps it, else the first to arrive gets it: what became
/// of them one by one. Returns the losers and to whom each lost.
std::map<uint32_t, const Rival*> losers(const std::vector<Rival>& rivals, const std::set<uint32_t>& refused) {
  std::vector<const Rival*> order;
  for (const Rival& rival : rivals) {
    if (!refused.contains(rival.row)) order.push_back(&rival);
  }
  std::set<uint32_t> holders;
  for (const Rival* rival : order) {
    if (rival->holds) holders.insert(rival->row);
  }
  std::stable_sort(order.begin(), order.end(), [&](const Rival* a, const Rival* b) {
    const bool a_holds = holders.contains(a->row), b_holds = holders.contains(b->row);
    return a_holds != b_holds ? a_holds : a->row < b->row;
  });
  std::map<std::pair<size_t, int64_t>, const Rival*> winner;
  std::map<uint32_t, const Rival*> out;
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    const uint32_t row = order[begin]->row;
    const Rival* lost_to = nullptr;
    for (end = begin; end < order.size() && order[end]->row == row; ++end) {
      const auto there = winner.find({order[end]->index, order[end]->group});
      if (!lost_to && there != winner.end()) lost_to = there->second;
    }
    if (lost_to) {
      out.emplace(row, lost_to);
      continue;
    }
    for (size_t i = begin; i < end; ++i) winner.emplace(std::pair(order[i]->index, order[i]->group), order[i]);
  }
  return out;
}

/// Whether a row lands hangs on whether its givers do: those that have lost by now, to somebody who may be refused yet.
std::set<uint32_t> doubtful(const std::vector<Wanted>& wants, const Settlement& outcome) {
  std::set<uint32_t> out;
  for (bool again = true; again;) {
    again = false;
    for (const Wanted& wanted : wants) {
      if (!wanted.giver || outcome.refused.contains(wanted.row)) continue;
      if (outcome.lost.contains(*wanted.giver) || out.contains(*wanted.giver)) again = out.insert(wanted.row).second || again;
    }
  }
  return out;
}

/// Refuses who wants the value of a row that has lost. Who has lost to a row that may be refused yet may win after all; where each hangs
/// on another, the first one goes.
bool refuse_next(const std::vector<Wanted>& wants, Settlement& outcome) {
  const std::set<uint32_t> in_doubt = doubtful(wants, outcome);
  const Wanted* first = nullptr;
  bool any = false;
  for (const Wanted& wanted : wants) {
    if (!wanted.giver || outcome.refused.contains(wanted.row)) continue;
    const auto lost = outcome.lost.find(*wanted.giver);
    if (lost == outcome.lost.end()) continue;
    if (!first) first = &wanted;
    if (in_doubt.contains(lost->second->row)) continue;
    any = true;
    outcome.in_vain.emplace(wanted.row, &wanted);
  }
  if (!any && first) outcome.in_vain.emplace(first->row, first);
  for (const auto& [row, wanted] : outcome.in_vain) outcome.refused.insert(row);
  return first != nullptr;
}

}  // namespace

Settlement settled(const std::vector<Wanted>& wants, const std::vector<Rival>& rivals, bool yields) {
  Settlement out;
  for (bool again = true; again;) {
    again = false;
    for (const Wanted& wanted : wants) {
      const bool free = wanted.giver && (yields || !out.refused.contains(*wanted.giver));
      if (free || !out.refused.insert(wanted.row).second) continue;
      out.in_vain.emplace(wanted.row, &wanted);
      again = true;
    }
    if (again) continue;
    out.lost = losers(rivals, out.refused);
    again = !yields && refuse_next(wants, out);
  }
  return out;
}

}  // namespace syncline::load
