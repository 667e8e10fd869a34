// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "transform/fields/field_maker.hpp"

namespace syncline::transform {

/// Makes the text of a key that has several parts: joined with `:`, and `\` before a `:` or `\` inside a part, so that no two keys of
/// different parts are equal. Immutable after construction; may be used by any thread.
class CompositeKey {
 public:
  CompositeKey(const std::vector<config::KeyPart>& parts, size_t& hints);

  /// The key, in the work's arena. Counts this occurrence in the work. "missing_key" names the part that is absent, null or blank.
  [[nodiscard]] tl::expected<std::string_view, FieldMaker::Failure> make(Work& work) const;

  /// For messages: the parts that are there, joined; occurrences are not counted.
  [[nodiscard]] std::string known(Work& work) const;

 private:
  struct Part {
    config::KeyPart::Kind kind;
    Lookup source;
  };
  [[nodiscard]] static tl::expected<void, FieldMaker::Failure> check(const Part& part, const record::Value& value);

  std::vector<Part> parts_;
  bool counts_ = false;  ///< whether one of the parts is the occurrence
};

}  // namespace syncline::transform
