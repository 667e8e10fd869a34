// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>

#include "base/result.hpp"
#include "sync/sweep.hpp"

namespace syncline::sync {

/// How the last of several readings of one list ended, and how many there were.
struct Passes {
  SweepProgress::End last;
  int read = 1;
  bool changed_each_time = false;  ///< no two were alike: the last proves nothing
};

/// What further readings of a list are for, and what they are judged by.
struct FurtherPasses {
  int passes_max = 1;                                              ///< the first included
  std::function<base::Result<bool>()> are_wanted;                  ///< asked before each
  std::function<base::Result<int64_t>()> different;                ///< how many different keys all passes have shown so far
  std::function<base::Result<SweepProgress::End>()> read_again{};  ///< reads the list once more
};

/// A list that is paged by number moves under its reader: what is deleted on a page before lets a record slip by, and one that is added
/// keeps the count as it was. What was in none of several passes, of which the last was complete and showed nothing new, is not in the
/// list. `first`: how the first pass ended.
base::Result<Passes> read_until_nothing_is_new(SweepProgress::End first, const FurtherPasses& further);

}  // namespace syncline::sync
