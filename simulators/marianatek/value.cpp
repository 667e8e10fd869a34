// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/value.hpp"

#include "simulators/marianatek/text.hpp"

namespace syncline::simulators::marianatek {
namespace {

/// As Python prints a float of two decimals: at least one digit after the point, no zero at the end but that.
void append_hundredths(std::string& out, int64_t number) {
  if (number < 0) out += '-';
  const int64_t amount = number < 0 ? -number : number;
  append_number(out, amount / 100);
  out += '.';
  out += char('0' + amount / 10 % 10);
  if (amount % 10 != 0) out += char('0' + amount % 10);
}

}  // namespace

void append_json(std::string& out, const Value& value) {
  switch (value.kind) {
    case Value::Kind::Null:
      out += "null";
      return;
    case Value::Kind::Boolean:
      out += value.number != 0 ? "true" : "false";
      return;
    case Value::Kind::Integer:
      append_number(out, value.number);
      return;
    case Value::Kind::Hundredths:
      append_hundredths(out, value.number);
      return;
    case Value::Kind::Text:
      append_json_text(out, value.text());
      return;
    case Value::Kind::Json:
      out += value.text();
      return;
    case Value::Kind::Instant:
      out += '"';
      append_instant(out, value.instant());
      out += '"';
      return;
  }
}

}  // namespace syncline::simulators::marianatek
