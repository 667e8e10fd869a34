// SPDX-License-Identifier: Apache-2.0
#include "base/phone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace syncline::base {
namespace {

struct Exception {
  std::string_view calling_code, trunk;
  size_t length;
};
constexpr std::array<Exception, 8> Exceptions{
    {{"1", "1", 10}, {"7", "8", 10}, {"36", "06", 0}, {"39", "", 0}, {"375", "8", 0}, {"378", "", 0}, {"379", "", 0}, {"993", "8", 0}}};

/// Of E.164, with the calling code; the shortest numbers in use have seven digits.
constexpr size_t DigitsMin = 7, DigitsMax = 15;

/// Beside ASCII ones: the blank that does not break, and what word processors make of a dash.
constexpr std::array<std::string_view, 5> WideSeparators{"\xC2\xA0", "\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x92", "\xE2\x80\x93"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t separator_at(std::string_view text) {
  if (std::string_view(" -./()\t").find(text[0]) != std::string_view::npos) return 1;
  const auto wide = std::find_if(WideSeparators.begin(), WideSeparators.end(), [&](std::string_view one) { return text.starts_with(one); });
  return wide == WideSeparators.end() ? 0 : wide->size();
}

/// Longer ones come first: "ext" begins "extension".
constexpr std::array<std::string_view, 5> ExtensionMarks{";ext=", "extension", "ext", "x", "#"};
constexpr size_t ExtensionDigitsMax = 7;

/// Whether the rest of a number is its extension, and nothing else.
bool is_extension(std::string_view rest) {
  const std::string text = lower(trim(rest));
  std::string_view number = text;
  if (number.starts_with(',')) number = trim(number.substr(1));
  const auto mark =
      std::find_if(ExtensionMarks.begin(), ExtensionMarks.end(), [&](std::string_view one) { return number.starts_with(one); });
  if (mark == ExtensionMarks.end()) return false;
  number.remove_prefix(mark->size());
  if (number.starts_with('.') || number.starts_with(':')) number.remove_prefix(1);
  number = trim(number);
  return !number.empty() && number.size() <= ExtensionDigitsMax && std::all_of(number.begin(), number.end(), is_digit);
}

Error not_a_phone(std::string_view text, std::string why) {
  return {ErrorKind::ContractDrift, Side::Source, fmt::format("\"{}\" {}", shown(text, 40), why), "not_a_phone", "", {}};
}

}  // namespace

DialingPlan dialing_plan(std::string_view calling_code) {
  for (const Exception& one : Exceptions) {
    if (one.calling_code == calling_code) return {std::string(calling_code), std::string(one.trunk), one.length, PhoneExtension::Reject};
  }
  return {std::string(calling_code), "0", 0, PhoneExtension::Reject};
}

Result<std::string> parse_phone(std::string_view text, const DialingPlan& plan) {
  std::string_view rest = trim(text);
  const bool plus = rest.starts_with('+');
  if (plus) rest.remove_prefix(1);
  std::string digits;
  while (!rest.empty()) {
    if (plus && !digits.empty() && rest.starts_with("(0)")) {
      rest.remove_prefix(3);
    } else if (is_digit(rest[0])) {
      digits += rest[0];
      rest.remove_prefix(1);
    } else if (const size_t bytes = separator_at(rest); bytes > 0) {
      rest.remove_prefix(bytes);
    } else if (plan.extension == PhoneExtension::Drop && is_extension(rest)) {
      break;
    } else {
      return fail(
          not_a_phone(text, fmt::format("is not a telephone number: it holds \"{}\" (an extension is no part of one)", shown(rest, 10))));
    }
  }
  std::string_view number = digits;
  const std::string_view exit = plus                                                    ? ""
                                : number.starts_with("00")                              ? "00"
                                : plan.calling_code == "1" && number.starts_with("011") ? "011"
                                                                                        : "-";
  std::string out;
  if (exit != "-") {
    out = number.substr(exit.size());
  } else {
    if (plan.calling_code.empty())
      return fail(not_a_phone(text, "does not begin with \"+\", so its country cannot be told; `calling_code:` says which one is meant"));
    const bool has_trunk = !plan.trunk.empty() && number.starts_with(plan.trunk) && (plan.length == 0 || number.size() > plan.length);
    if (has_trunk) number.remove_prefix(plan.trunk.size());
    out = plan.calling_code + std::string(number);
    // The calling code of numbers whose length is known, without a "+".
    if (plan.length > 0 && number.size() == plan.length + plan.calling_code.size() && number.starts_with(plan.calling_code)) out = number;
  }
  if (out.size() < DigitsMin || out.size() > DigitsMax || out[0] == '0') {
    return fail(
        not_a_phone(text, fmt::format("is not a telephone number: \"+{}\" {}", out,
                                      !out.empty() && out[0] == '0' ? "begins with no calling code" : "has not between 7 and 15 digits")));
  }
  // What has a length is that long, whoever wrote it.
  if (plan.length > 0 && out.starts_with(plan.calling_code) && out.size() != plan.calling_code.size() + plan.length) {
    return fail(
        not_a_phone(text, fmt::format("is not a telephone number: one of +{} has {} digits after it", plan.calling_code, plan.length)));
  }
  return "+" + out;
}

}  // namespace syncline::base
