// SPDX-License-Identifier: Apache-2.0
#include "extract/paginate/page.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"
#include "extract/paginate/count.hpp"

namespace syncline::extract {
namespace {

/// No list that anyone pages through is longer; a source that invents pages without end meets it.
constexpr int64_t PagesMax = 10'000'000;

std::optional<int64_t> page_number(std::string_view word) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace

base::Spec PagePaginator::spec() {
  using Kind = base::OptionSpec::Kind;
  return {"page",
          "Pages by number.",
          {{"param", Kind::Text, true, "", "The parameter that holds the page's number.", {}},
           {"size_param", Kind::Text, false, "", "The parameter that asks for a page's size.", {}},
           {"size", Kind::Integer, false, "", "How many records to ask for at once.", {}},
           {"count", Kind::Path, false, "", "Where the answer declares how many records the whole list has.", {}},
           {"pages",
            Kind::Path,
            false,
            "",
            "Where the answer declares how many pages there are; believed only where no count is declared.",
            {}},
           {"first", Kind::Integer, false, "1", "The first page's number.", {}}}};
}

base::Result<std::unique_ptr<Paginator>> PagePaginator::make(const config::Options& options) {
  std::unique_ptr<PagePaginator> paginator(new PagePaginator);
  paginator->param_ = options.text("param");
  paginator->size_param_ = options.text("size_param");
  paginator->size_ = options.text("size");
  paginator->count_ = AnswerPath(options.text("count"));
  paginator->pages_ = AnswerPath(options.text("pages"));
  if (options.has("first")) {
    const std::optional<int64_t> first = page_number(options.text("first"));
    if (!first) return base::fail({base::ErrorKind::BadConfig, base::Side::Files, "`first` of the page paginator is no page number"});
    paginator->first_ = *first;
  }
  return paginator;
}

Paginator::Parameters PagePaginator::parameters(std::string_view word) const {
  Parameters parameters{{param_, std::string(word)}};
  if (!size_param_.empty() && !size_.empty()) parameters.emplace_back(size_param_, size_);
  return parameters;
}

base::Result<Following> PagePaginator::after(const PageSeen& page) {
  const std::optional<int64_t> number = page_number(page.word);
  if (!number) {
    return base::fail({base::ErrorKind::Fatal, base::Side::Us,
                       "the stored position `" + base::shown(page.word, 40) + "` is no page number; read the stream whole again (--full)"});
  }
  Following following;
  following.next = std::to_string(*number + 1);
  following.declared = TRY(declared_count(count_, page.envelope, page.records));
  if (page.records == 0) {
    following.last = true;
  } else if (following.declared) {
    following.last = page.read >= *following.declared;
  } else if (const std::optional<int64_t> pages = TRY(declared_count(pages_, page.envelope, page.records))) {
    following.last = *number - first_ + 1 >= *pages;
  }
  if (!following.last && *number - first_ >= PagesMax) {
    return base::fail({base::ErrorKind::ContractDrift, base::Side::Source,
                       fmt::format("the list does not end within {} pages", base::with_thousands(PagesMax)), "endless_list"});
  }
  return following;
}

}  // namespace syncline::extract
