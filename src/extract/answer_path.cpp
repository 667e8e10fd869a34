// SPDX-License-Identifier: Apache-2.0
#include "extract/answer_path.hpp"

namespace syncline::extract {

AnswerPath::AnswerPath(std::string_view written) : text(written) {
  if (written.empty()) return;
  if (auto path = config::parse_path(written)) {
    steps = std::move(path->steps);
  } else {
    steps.push_back({text, {}, std::nullopt});
  }
}

record::Value AnswerPath::of(record::Value root) const {
  for (const config::Path::Step& step : steps) {
    if (!step.index) {
      root = member(root.fields(), step.name);
    } else {
      root = *step.index < root.elements().size() ? root.elements()[*step.index] : record::Value();
    }
  }
  return root;
}

record::Value AnswerPath::of(std::span<const record::Field> fields) const { return of(record::Value::object(fields, {})); }

record::Value member(std::span<const record::Field> fields, std::string_view name) {
  for (const record::Field& field : fields) {
    if (field.name == name) return field.value;
  }
  return {};
}

}  // namespace syncline::extract
