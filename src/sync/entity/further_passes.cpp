// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/further_passes.hpp"

namespace syncline::sync {

base::Result<Passes> read_until_nothing_is_new(SweepProgress::End first, const FurtherPasses& further) {
  Passes passes{std::move(first)};
  for (bool showed_nothing_new = false; !showed_nothing_new && TRY(further.are_wanted()); ++passes.read) {
    if (passes.read >= further.passes_max) {
      passes.changed_each_time = true;
      break;
    }
    const int64_t known = TRY(further.different());
    passes.last = TRY(further.read_again());
    showed_nothing_new = passes.last.complete && TRY(further.different()) == known;
  }
  return passes;
}

}  // namespace syncline::sync
