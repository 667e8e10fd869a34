// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace syncline::base {

/// What a user may write for one option, as plain data: `lint`, the manual and the editor's schema all come from it. A Spec stands beside
/// the code that reads the options.
struct OptionSpec {
  enum class Kind {
    Text,      ///< a string; ${…} is replaced
    Secret,    ///< a string that is never shown
    Integer,   ///< a whole number
    Boolean,   ///< true or false
    Duration,  ///< 500ms, 3s, 5m, 2h, 1d
    Choice,    ///< one of `choices`
    Path,      ///< where in a record or answer: a.b.c
    Map,       ///< names to strings
  };
  std::string name;
  Kind kind = Kind::Text;
  bool required = false;
  std::string fallback;              ///< the value when absent; empty for none
  std::string help;                  ///< one sentence
  std::vector<std::string> choices;  ///< for Choice
};

/// One member of a family a file chooses from (an AuthMethod, a Paginator, a Decoder).
struct Spec {
  std::string name;  ///< as written in a file, e.g. "api_key"
  std::string help;  ///< one sentence
  std::vector<OptionSpec> options;
};

}  // namespace syncline::base
