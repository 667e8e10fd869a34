// SPDX-License-Identifier: Apache-2.0
#include "sync/mass_loss.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace syncline::sync {
namespace {

/// As few as could be a day's work of one person.
constexpr int64_t GuardRecords = 3;
constexpr int64_t PercentOfAll = 20, PercentOfChanged = 50;

}  // namespace

void ElementLosses::add(const load::Strangers& strangers) {
  rows += strangers.rows;
  gone += int64_t(strangers.keys.size());
  records += strangers.records;
  losing += strangers.losing;
  emptied += strangers.emptied;
}

std::string mass_loss_objection(const ElementLosses& losses, Reading reading) {
  const int64_t percent = reading == Reading::All ? PercentOfAll : PercentOfChanged;
  const bool lists = losses.emptied >= GuardRecords && losses.emptied * 100 > losses.records * percent;
  const bool rows = reading == Reading::All && losses.losing >= GuardRecords && losses.gone * 100 > losses.rows * percent;
  if (!lists && !rows) return "";
  return fmt::format("{} of {} rows are no element of their record any more ({} of {} records have none left), too many to be believed",
                     base::with_thousands(losses.gone), base::with_thousands(losses.rows), base::with_thousands(losses.emptied),
                     base::with_thousands(losses.records));
}

}  // namespace syncline::sync
