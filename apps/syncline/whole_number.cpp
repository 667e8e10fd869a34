// SPDX-License-Identifier: Apache-2.0
#include "whole_number.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"

namespace syncline::apps {
namespace {

std::string refusal(const WholeNumber& wanted, const std::string& text) {
  int64_t number = 0;
  const char* const text_end = text.data() + text.size();
  const auto [end, failed] = std::from_chars(text.data(), text_end, number);
  if (failed == std::errc() && end == text_end && number >= wanted.min && number <= wanted.max) return "";
  const std::string range = wanted.max == std::numeric_limits<int64_t>::max()
                                ? fmt::format("{} or more", wanted.min)
                                : fmt::format("{} to {}", wanted.min, base::with_thousands(wanted.max));
  return fmt::format("`{}` is not {}; write {}", base::shown(text, 60), wanted.what, range);
}

}  // namespace

CLI::Validator whole_number(WholeNumber wanted) {
  return {[wanted = std::move(wanted)](const std::string& text) { return refusal(wanted, text); }, ""};
}

}  // namespace syncline::apps
