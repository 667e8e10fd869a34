// SPDX-License-Identifier: Apache-2.0
#include "extract/decode/answer.hpp"

#include <fmt/format.h>

#include "base/secret.hpp"
#include "base/text.hpp"

namespace syncline::extract {

using base::ErrorKind;
using base::Side;
using record::Value;

namespace {

std::string received(std::string_view content_type, std::string_view body) {
  const std::string type = content_type.empty() ? "no content type" : "content type " + base::shown(content_type, 80);
  return fmt::format("{}, {} bytes, beginning: {}", type, base::with_thousands(int64_t(body.size())),
                     base::shown(base::redact(body.substr(0, 4096))));
}

base::Error error_of(const NotJson& why, std::string_view content_type, std::string_view body) {
  const bool deep = why.kind == NotJson::Kind::TooDeep;
  return {deep ? ErrorKind::ContractDrift : ErrorKind::Transient, Side::Source,
          fmt::format("the answer is not the JSON we asked for: {} (received {})", why.reason, received(content_type, body)),
          "broken_answer"};
}

/// Says something: not absent, null, false, zero, "", [] or {}.
bool filled(Value value) {
  switch (value.type()) {
    case Value::Type::Absent:
    case Value::Type::Null:
      return false;
    case Value::Type::Boolean:
      return value.text() == "true";
    case Value::Type::Number:
      return value.text() != "0";
    case Value::Type::Text:
      return !value.text().empty();
    case Value::Type::List:
      return !value.elements().empty();
    case Value::Type::Object:
      return !value.fields().empty();
    case Value::Type::Reference:
      return true;
  }
  return false;
}

/// The member by which vendors say "error" with status 200, or "". A few of the words are ordinary names too, so they count only where the
/// list is missing.
std::string_view error_member(Value root, bool list_is_there, const AnswerPath& list) {
  for (const std::string_view name : {"errors", "error"}) {
    if (filled(member(root.fields(), name)) && (list.empty() || list.steps.front().name != name)) return name;
  }
  if (list_is_there) return "";
  for (const std::string_view name : {"detail", "non_field_errors", "message"}) {
    if (filled(member(root.fields(), name))) return name;
  }
  return "";
}

std::string names_of_members(Value root) {
  std::vector<std::string> names;
  for (const record::Field& field : root.fields().first(std::min<size_t>(root.fields().size(), 12)))
    names.push_back(base::shown(field.name, 40));
  return names.empty() ? std::string(record::name_of(root.type())) : base::joined(names, ", ");
}

}  // namespace

base::Result<Answer> open_answer(TreeParser& parser, std::vector<char> body, std::string_view content_type, const AnswerPath& list) {
  Answer answer;
  answer.batch.page = std::move(body);
  auto tree = parser.parse(answer.batch.page, answer.batch.arena, answer.batch.shapes);
  const std::string_view text(answer.batch.page.data(), answer.batch.page.size());
  if (!tree) return base::fail(error_of(tree.error(), content_type, text));
  answer.tree = std::move(*tree);
  answer.list = list.of(answer.tree.root);

  const std::string_view error = error_member(answer.tree.root, answer.list.is(Value::Type::List), list);
  if (!error.empty()) {
    return base::fail(
        {ErrorKind::Transient, Side::Source,
         fmt::format("the answer has status 200, but speaks of an error in `{}` (received {})", error, received(content_type, text)),
         "error_answer"});
  }
  if (answer.list.absent()) {
    return base::fail(
        {ErrorKind::ContractDrift, Side::Source,
         fmt::format("the answer has no list at `{}`; it has: {} (received {}). If the vendor moved it, change the stream's `records:`",
                     list.text, names_of_members(answer.tree.root), received(content_type, text)),
         "list_missing", list.text});
  }
  return answer;
}

base::Error wrong_list(const AnswerPath& list, Value found, std::string_view wanted, std::string_view content_type) {
  const std::string where = list.empty() ? "the answer itself" : "`" + list.text + "`";
  return {ErrorKind::ContractDrift, Side::Source,
          fmt::format("{} is {}, not {} (received {}). If the vendor changed it, change the stream's `records:`", where,
                      record::name_of(found.type()), wanted, received(content_type, found.text())),
          "list_missing", list.text};
}

record::Undecodable undecodable(Value item, std::string reason, base::Arena& arena) {
  std::string_view source = item.text();
  if (item.is(Value::Type::Null)) source = "null";
  if (item.is(Value::Type::Text)) source = arena.copy(base::json_quoted(source));
  return {source, std::move(reason)};
}

}  // namespace syncline::extract
