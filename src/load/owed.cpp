// SPDX-License-Identifier: Apache-2.0
#include "load/owed.hpp"

namespace syncline::load {
namespace {

constexpr int64_t RowsMax = 40'000;
constexpr std::chrono::seconds AgeMax{2};

}  // namespace

bool Owed::is_due(std::chrono::steady_clock::time_point now) const { return any() && (rows >= RowsMax || now - since >= AgeMax); }

void Owed::add(const std::optional<state::Checkpoint>& after, int64_t more, std::chrono::steady_clock::time_point now) {
  if (!any()) since = now;
  if (after) checkpoint = after;
  rows += more;
}

}  // namespace syncline::load
