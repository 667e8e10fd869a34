// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace syncline::base {

/// What becomes of an extension, the "x12" of "(312) 555-0142 x12", which E.164 cannot hold.
enum class PhoneExtension { Reject, Drop };

/// How numbers are written within a country.
struct DialingPlan {
  std::string calling_code;  ///< digits, "44"; empty: no country is assumed, so every number must bring its calling code
  std::string trunk;         ///< what stands before a number and is no part of it: "0" in "020 7946 0958"; may be empty
  size_t length = 0;         ///< of a number without trunk, where it is always the same; 0: it is not
  PhoneExtension extension = PhoneExtension::Reject;
};

/// The plan of a country: trunk "0", except +1 ("1"), +7, +375 and +993 ("8"), +36 ("06"), and +39, +378, +379 (none: a leading 0 belongs
/// to the number).
[[nodiscard]] DialingPlan dialing_plan(std::string_view calling_code);

/// A telephone number as E.164 writes it: "+13125550142". Blanks, dashes, points, slashes and parentheses between digits do not matter;
/// "+" or "00" (with +1 also "011") begins a number with its calling code, in which "(0)" is skipped. Letters, lengths that E.164 does
/// not have and, unless the plan drops them, extensions ("x12", "ext. 12", "extension 12", "#12", ";ext=12") are refused. Numbers are not
/// looked up: whether somebody answers is not known.
Result<std::string> parse_phone(std::string_view text, const DialingPlan& plan);

}  // namespace syncline::base
