// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include "base/result.hpp"
#include "sync/delete_missing.hpp"
#include "sync/sweep.hpp"

namespace syncline::sync {

/// How the last of several readings of one list ended, and how many there were.
struct Passes {
  SweepProgress::End last;
  int read = 1;
  bool changed_each_time = false;  ///< no two were alike: the last proves nothing
};

/// A list that is paged by number moves under its reader: what is deleted on a page before lets a record slip by, and one that is added
/// keeps the count as it was. A row is missing only if its record is in none of several passes, of which the last showed nothing new.
/// `first`: how the first pass ended, which was complete; `read_again` reads the list once more. If nothing is missing, it is not called.
base::Result<Passes> read_until_nothing_is_new(SweepProgress::End first, DeleteMissing& missing,
                                               const std::function<base::Result<SweepProgress::End>()>& read_again);

}  // namespace syncline::sync
