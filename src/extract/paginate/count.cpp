// SPDX-License-Identifier: Apache-2.0
#include "extract/paginate/count.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"

namespace syncline::extract {

using record::Value;

base::Result<std::optional<int64_t>> declared_count(const AnswerPath& path, Value envelope, int64_t records) {
  if (path.empty()) return std::nullopt;
  const Value value = path.of(envelope);
  const bool missing = value.absent() || value.is(Value::Type::Null);
  if (missing && records == 0) return std::nullopt;
  const auto drift = [&](const std::string& found) {
    return base::fail({base::ErrorKind::ContractDrift, base::Side::Source,
                       fmt::format("`{}` should hold the count of the whole list, but {}", path.text, found), "count_unreadable",
                       path.text});
  };
  if (missing) return drift("it is " + std::string(record::name_of(value.type())));
  if (!value.is(Value::Type::Number) && !value.is(Value::Type::Text)) return drift("it is " + std::string(record::name_of(value.type())));
  const std::string_view text = value.text();
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 0)
    return drift("it is `" + base::shown(text, 40) + "`, no count");
  return count;
}

}  // namespace syncline::extract
