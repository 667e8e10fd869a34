// SPDX-License-Identifier: Apache-2.0
#include "extract/paginate/cursor.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "extract/paginate/count.hpp"

namespace syncline::extract {

using record::Value;

namespace {

/// As for numbered pages: no list that anyone reads is longer.
constexpr int64_t PagesMax = 10'000'000;

base::Error drift(std::string message, std::string code, const AnswerPath& path) {
  return {base::ErrorKind::ContractDrift, base::Side::Source, std::move(message), std::move(code), path.text};
}

/// Whether the source says that more follows; nullopt when it was not asked.
base::Result<std::optional<bool>> says_more(const AnswerPath& path, Value envelope) {
  if (path.empty()) return std::nullopt;
  const Value value = path.of(envelope);
  const bool is_word = value.is(Value::Type::Boolean) || value.is(Value::Type::Text);
  if (is_word && base::equals_ignoring_case(value.text(), "true")) return true;
  if (is_word && base::equals_ignoring_case(value.text(), "false")) return false;
  const std::string found = is_word ? "`" + base::shown(value.text(), 40) + "`" : std::string(record::name_of(value.type()));
  return base::fail(drift(fmt::format("`{}` should say whether more follows, but it is {}", path.text, found), "more_unreadable", path));
}

/// The cursor as text; "" for the end.
base::Result<std::string> cursor_in(const AnswerPath& path, Value envelope) {
  const Value value = path.of(envelope);
  switch (value.type()) {
    case Value::Type::Absent:
    case Value::Type::Null:
      return "";
    case Value::Type::Number:
    case Value::Type::Text:
      return std::string(value.text());
    case Value::Type::Boolean:
    case Value::Type::List:
    case Value::Type::Object:
    case Value::Type::Reference:
      break;
  }
  return base::fail(drift(fmt::format("`{}` should hold the next page's cursor, but it is {}", path.text, record::name_of(value.type())),
                          "cursor_unreadable", path));
}

}  // namespace

base::Spec CursorPaginator::spec() {
  using Kind = base::OptionSpec::Kind;
  return {"cursor",
          "Each page names the next one.",
          {{"from", Kind::Path, true, "", "Where the answer holds the next page's cursor.", {}},
           {"param", Kind::Text, true, "", "The parameter that sends it.", {}},
           {"size_param", Kind::Text, false, "", "The parameter that asks for a page's size.", {}},
           {"size", Kind::Integer, false, "", "How many records to ask for at once.", {}},
           {"until",
            Kind::Choice,
            false,
            "absent",
            "What ends the list: no cursor (absent, null or blank), or already a page without records.",
            {"absent", "empty_page"}},
           {"more", Kind::Path, false, "", "Where the answer says true or false: whether more follows.", {}},
           {"count", Kind::Path, false, "", "Where the answer declares how many records the whole list has.", {}}}};
}

base::Result<std::unique_ptr<Paginator>> CursorPaginator::make(const config::Options& options) {
  std::unique_ptr<CursorPaginator> paginator(new CursorPaginator);
  paginator->from_ = AnswerPath(options.text("from"));
  paginator->more_ = AnswerPath(options.text("more"));
  paginator->count_ = AnswerPath(options.text("count"));
  paginator->param_ = options.text("param");
  paginator->size_param_ = options.text("size_param");
  paginator->size_ = options.text("size");
  paginator->until_empty_page_ = options.text("until") == "empty_page";
  if (paginator->from_.empty() || paginator->param_.empty()) {
    return base::fail({base::ErrorKind::BadConfig, base::Side::Files,
                       "the cursor paginator needs `from` and `param`: without them a reading has no end"});
  }
  return paginator;
}

Paginator::Parameters CursorPaginator::parameters(std::string_view word) const {
  Parameters parameters;
  if (!word.empty()) parameters.emplace_back(param_, std::string(word));
  if (!size_param_.empty() && !size_.empty()) parameters.emplace_back(size_param_, size_);
  return parameters;
}

std::string CursorPaginator::name_of(std::string_view word) const {
  return word.empty() ? "the first page" : "the page at cursor `" + base::shown(word, 60) + "`";
}

base::Result<Following> CursorPaginator::after(const PageSeen& page) {
  Following following;
  following.declared = TRY(declared_count(count_, page.envelope, page.records));
  const std::optional<bool> more = TRY(says_more(more_, page.envelope));
  following.next = TRY(cursor_in(from_, page.envelope));
  following.last = following.next.empty() || more == false || (until_empty_page_ && page.records == 0);
  if (following.next.empty() && more == true) {
    return base::fail(
        drift(fmt::format("`{}` says that more follows, but `{}` holds no cursor", more_.text, from_.text), "cursor_missing", from_));
  }
  if (following.last) return following;
  if (following.next == page.word)
    return base::fail(drift(fmt::format("{} names itself as the next one", name_of(page.word)), "cursor_repeats", from_));
  if (auto remembered = remember(following.next); !remembered) return base::fail(std::move(remembered).error());
  return following;
}

base::Result<void> CursorPaginator::remember(const std::string& cursor) {
  if (cursor == kept_)
    return base::fail(
        drift(fmt::format("the cursor `{}` came twice: the list goes in a circle", base::shown(cursor, 60)), "cursor_repeats", from_));
  if (++pages_ == kept_until_) {
    kept_ = cursor;
    kept_until_ *= 2;
  }
  if (pages_ > PagesMax)
    return base::fail(drift(fmt::format("the list does not end within {} pages", base::with_thousands(PagesMax)), "endless_list", from_));
  return {};
}

}  // namespace syncline::extract
