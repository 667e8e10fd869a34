// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/further_passes.hpp"

namespace syncline::sync {
namespace {

/// A list that is not the same twice in so many passes has no end to its changes.
constexpr int PassesMax = 4;

}  // namespace

base::Result<Passes> read_until_nothing_is_new(SweepProgress::End first, DeleteMissing& missing,
                                               const std::function<base::Result<SweepProgress::End>()>& read_again) {
  Passes passes{std::move(first)};
  for (bool showed_nothing_new = false; !showed_nothing_new && TRY(missing.missing()) > 0; ++passes.read) {
    if (passes.read == PassesMax) {
      passes.changed_each_time = true;
      break;
    }
    const int64_t known = TRY(missing.spoken());
    passes.last = TRY(read_again());
    showed_nothing_new = passes.last.complete && TRY(missing.spoken()) == known;
  }
  return passes;
}

}  // namespace syncline::sync
