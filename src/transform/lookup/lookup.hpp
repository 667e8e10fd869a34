// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "config/rules.hpp"
#include "record/record_batch.hpp"

namespace syncline::transform {

/// Where a step of a lookup found its field in the record before: the records of a page share a shape, so it is tried first.
struct Hint {
  uint32_t at = 0;
  const char* name = nullptr;  ///< the field's name in memory, which the records of a page may share
};
/// One for each step of each lookup. Made anew for each page; owned by one thread.
using Hints = std::vector<Hint>;

/// Finds the value a Source names in a record. Immutable after construction; may be used by any thread.
class Lookup {
 public:
  Lookup() = default;
  /// `hints` is the number of hints handed out so far; this lookup takes one for each named step.
  Lookup(config::Source source, size_t& hints);

  /// The first path that is present, even if it is null; with `first_value`, the first that holds something. A name is looked for as it is
  /// written, then without regard to case, blanks and underscores if only one field fits. Absent when no path is there.
  /// The path "." is the record itself.
  [[nodiscard]] record::Value find(const record::Record& record, Hints& hints) const;

  /// The source's names, for messages: "creation_date, Creation Date".
  [[nodiscard]] std::string names() const;

 private:
  struct Step {
    config::Path::Step step;
    size_t hint = 0;
  };
  using Steps = std::vector<Step>;

  static const record::Value& follow(const Steps& steps, const record::Record& record, Hints& hints, record::Value& made);

  config::Source source_;
  std::vector<Steps> paths_;
};

/// Whether a value says nothing: absent, null, or text of blanks only.
[[nodiscard]] bool says_nothing(const record::Value& value);

}  // namespace syncline::transform
