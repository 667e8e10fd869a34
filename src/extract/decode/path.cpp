// SPDX-License-Identifier: Apache-2.0
#include "extract/decode/path.hpp"

namespace syncline::extract {

AnswerPath::AnswerPath(std::string_view written) : text(written) {
  if (written.empty()) return;
  steps.emplace_back();
  bool quoted = false;
  for (const char c : written) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == '.' && !quoted) {
      steps.emplace_back();
    } else {
      steps.back() += c;
    }
  }
}

record::Value AnswerPath::of(record::Value root) const { return empty() ? root : of(root.fields()); }

record::Value AnswerPath::of(std::span<const record::Field> fields) const {
  record::Value value;
  for (const std::string& step : steps) {
    value = member(fields, step);
    fields = value.fields();
  }
  return value;
}

record::Value member(std::span<const record::Field> fields, std::string_view name) {
  for (const record::Field& field : fields) {
    if (field.name == name) return field.value;
  }
  return {};
}

}  // namespace syncline::extract
