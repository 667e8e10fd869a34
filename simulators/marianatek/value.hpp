// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "simulators/marianatek/instant.hpp"

namespace syncline::simulators::marianatek {

/// What one attribute of one row holds.
struct Value {
  /// Hundredths are money that the vendor sends as a Python float: 1250 is 12.5 and 0 is 0.0. Json is text that is JSON already.
  enum class Kind { Null, Boolean, Integer, Hundredths, Text, Instant, Json };

  Kind kind = Kind::Null;
  int64_t number = 0;         ///< of Boolean, Integer, Hundredths; microseconds of Instant
  std::string_view constant;  ///< of Text and Json: words that live as long as the program …
  std::string composed;       ///< … or, when not empty, text of this value's own

  [[nodiscard]] std::string_view text() const { return composed.empty() ? constant : std::string_view(composed); }
  [[nodiscard]] Timestamp instant() const { return Timestamp(std::chrono::microseconds(number)); }
};

[[nodiscard]] inline Value null() { return {}; }
[[nodiscard]] inline Value boolean(bool yes) { return {.kind = Value::Kind::Boolean, .number = yes, .constant = {}, .composed = {}}; }
[[nodiscard]] inline Value integer(int64_t number) {
  return {.kind = Value::Kind::Integer, .number = number, .constant = {}, .composed = {}};
}
[[nodiscard]] inline Value hundredths(int64_t number) {
  return {.kind = Value::Kind::Hundredths, .number = number, .constant = {}, .composed = {}};
}
[[nodiscard]] inline Value word(std::string_view constant) {
  return {.kind = Value::Kind::Text, .number = 0, .constant = constant, .composed = {}};
}
[[nodiscard]] inline Value composed(std::string text) {
  return {.kind = Value::Kind::Text, .number = 0, .constant = {}, .composed = std::move(text)};
}
[[nodiscard]] inline Value raw_json(std::string text) {
  return {.kind = Value::Kind::Json, .number = 0, .constant = {}, .composed = std::move(text)};
}
[[nodiscard]] inline Value instant(Timestamp at) {
  return {.kind = Value::Kind::Instant, .number = at.time_since_epoch().count(), .constant = {}, .composed = {}};
}

/// The value as JSON, as the API and the truth show it.
void append_json(std::string& out, const Value& value);

}  // namespace syncline::simulators::marianatek
