// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"
#include "transform/cells/cell.hpp"

namespace syncline::transform {
namespace {

using record::Cell;
using record::Value;

/// The code unit of "\uXXXX" at `at`, or -1 if there is no such escape.
int code_unit_at(std::string_view json, size_t at) {
  if (at + 6 > json.size() || json[at] != '\\' || json[at + 1] != 'u') return -1;
  unsigned unit = 0;
  const char* last = json.data() + at + 6;
  if (std::from_chars(json.data() + at + 2, last, unit, 16).ptr != last) return -1;
  return int(unit);
}

bool high_surrogate(int unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool low_surrogate(int unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// JSON source whose escapes a database's jsonb can hold: it refuses \u0000 and half a surrogate pair, although both are JSON.
Made checked_json(std::string_view json) {
  for (size_t at = json.find('\\'); at != std::string_view::npos; at = json.find('\\', at)) {
    const int unit = code_unit_at(json, at);
    if (unit == 0) return refuse("nul_in_text", fmt::format(" holds \\u0000 at byte {}, which no database can store", at));
    const bool pair = high_surrogate(unit) && low_surrogate(code_unit_at(json, at + 6));
    if (!pair && (high_surrogate(unit) || low_surrogate(unit)))
      return refuse("lone_surrogate", fmt::format(" holds half a surrogate pair at byte {}", at));
    at += pair ? 12 : 2;
  }
  if (json.find('\0') != std::string_view::npos) return refuse("nul_in_text", " holds a NUL character, which no database can store");
  if (const size_t at = base::invalid_utf8_at(json); at != std::string_view::npos)
    return refuse("invalid_utf8", fmt::format(" is not valid UTF-8 at byte {}", at));
  return Cell::json(json);
}

}  // namespace

Made make_json(const Value& value, const Making& making) {
  switch (value.type()) {
    case Value::Type::List:
    case Value::Type::Object:
    case Value::Type::Number:
    case Value::Type::Boolean:
      return checked_json(value.text());
    case Value::Type::Text:
    case Value::Type::Reference:
      return checked_json(making.arena.copy(base::json_quoted(value.text())));
    case Value::Type::Null:
    case Value::Type::Absent:
      break;
  }
  return Cell::null();
}

}  // namespace syncline::transform
