// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace syncline::record {

/// A record or row that could not land: stored with its reason, replayable. Owns its text.
struct Reject {
  std::string stage;    ///< "decode", "map", "match", "write" or "delete"
  std::string key;      ///< the record's external id, when it has one
  std::string field;    ///< the mapped column, or the constraint the database named
  std::string code;     ///< a stable word: "missing_key", "not_an_amount", "unknown_value", "nul_in_text", an SQLSTATE, …
  std::string reason;   ///< for a person: what was found, and what would be right
  std::string value;    ///< the offending value, shortened
  std::string payload;  ///< the record's JSON as sent
};

}  // namespace syncline::record
