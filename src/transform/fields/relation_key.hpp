// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include "transform/fields/converter.hpp"

namespace syncline::transform {

/// Makes the text by which a relation's parent is found, for one way to find it. Immutable; may be used by any thread.
class RelationKey {
 public:
  /// `parent_key`: how the parent's entity makes its key, where `way` is external and that is known.
  RelationKey(const config::RelationWay& way, std::optional<Converter> parent_key, size_t& hints)
      : source_(way.from, hints), kind_(way.kind), parent_key_(std::move(parent_key)) {}

  /// External: what the parent's key column makes of the id, so that one id has one spelling; as sent where it takes none of it, which
  /// finds nobody. Column: trimmed and in small letters, as the parent's column is compared. Null when the record names none.
  [[nodiscard]] Made make(Work& work) const;

 private:
  [[nodiscard]] Made external_id(const record::Value& value, Work& work) const;

  Lookup source_;
  config::RelationWay::Kind kind_;
  std::optional<Converter> parent_key_;
};

}  // namespace syncline::transform
