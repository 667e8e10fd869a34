// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "base/result.hpp"
#include "load/target.hpp"
#include "record/report.hpp"
#include "state/store.hpp"

namespace syncline::load {

/// Brings back rows whose record is there again: those that we have deleted softly, as long as their column holds what we wrote. With
/// `resurrect` every row that is marked as deleted, one that is adopted, too. Works on the ready table, after that has been judged. Borrows
/// all it is given.
class Undelete {
 public:
  enum class Mode { Write, OnlyCount };

  /// `ready`: as SQL writes it.
  Undelete(const config::Entity& entity, const Target& target, state::Store& store, std::string ready);

  /// Part of the batch's transaction. A row that comes back has been updated, whatever else became of it.
  base::Result<void> bring_back(Mode mode, record::Counters& counters) const;

 private:
  base::Result<void> unmark_adopted(const record::Column& column) const;

  const config::Entity& entity_;
  const Target& target_;
  state::Store& store_;
  const std::string ready_;
};

}  // namespace syncline::load
