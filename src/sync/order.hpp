// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/project.hpp"

namespace syncline::sync {

/// An entity's place in a run.
struct Step {
  const config::Entity* entity = nullptr;
  std::vector<bool> later;  ///< of its relations: the parents are rows of this entity, or of one that comes behind it

  /// The entity as a run reads it while rows still come: what comes later is linked at the end, or waited for until then.
  [[nodiscard]] config::Entity at_first() const;
  /// The entity for the last try: what is to be rejected is rejected now.
  [[nodiscard]] config::Entity at_last() const;
};

/// Whether a relation's column may be null; asked only where that decides how a circle is broken.
using MayBeNull = std::function<base::Result<bool>(const config::Entity&, const config::Relation&)>;

/// The wanted entities (all when empty), parents before children, otherwise in the project's order. A circle is broken at a relation that
/// waits, or whose link may be null for a while; where there is none, a BadConfig error names the entities and their columns. An unknown
/// name is a BadConfig error with the nearest known one.
base::Result<std::vector<Step>> ordered_entities(const config::Project& project, const std::vector<std::string>& wanted,
                                                 const MayBeNull& may_be_null);

}  // namespace syncline::sync
