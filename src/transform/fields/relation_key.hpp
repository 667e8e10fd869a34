// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "transform/fields/rules.hpp"

namespace syncline::transform {

/// Makes the text by which a relation's parent is found, for one way to find it. Immutable; may be used by any thread.
class RelationKey {
 public:
  RelationKey(const config::RelationWay& way, size_t& hints) : source_(way.from, hints), kind_(way.kind) {}

  /// External: the id as sent. Column: trimmed and in small letters, as the parent's column is compared. Null when the record names none.
  [[nodiscard]] Made make(Work& work) const;

 private:
  Lookup source_;
  config::RelationWay::Kind kind_;
};

}  // namespace syncline::transform
