// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "load/deletes.hpp"

namespace syncline::sync {

/// What the records that were read have lost of the rows they had, over some transactions.
struct ElementLosses {
  int64_t rows = 0, gone = 0;                    ///< that were there; that are no element of their record any more
  int64_t records = 0, losing = 0, emptied = 0;  ///< that had rows; that lose some; that lose all, and name none instead

  void add(const load::Strangers& strangers);
};

/// Which records a run reads: all, or mostly those that have changed, of which many may have lost an element.
enum class Reading { All, Changed };

/// Why the records cannot have lost so much; "" if they can. Of all records: at least three that lose rows, and more than a fifth of the
/// rows or a fifth of the records' whole lists; of those that have changed: at least three, and more than half of the lists. One record
/// may lose everything.
[[nodiscard]] std::string mass_loss_objection(const ElementLosses& losses, Reading reading);

}  // namespace syncline::sync
