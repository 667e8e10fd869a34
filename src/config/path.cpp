// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"
#include "config/rules.hpp"

namespace syncline::config {
namespace {

/// Paths come from people; a longer one is a mistake, and this bounds what a lookup costs.
constexpr size_t StepsMax = 32;

/// A path being read from left to right.
class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text), rest_(text) {}

  base::Result<Path> parse() {
    Path path;
    path.text = std::string(text_);
    if (text_ == ".") return path;
    while (true) {
      TRY(read_name(path));
      while (rest_.starts_with('[')) TRY(read_index(path));
      if (path.steps.size() > StepsMax) return failed(fmt::format("has more than {} steps", StepsMax));
      if (rest_.empty()) return path;
      if (!rest_.starts_with('.')) return failed("has something other than `.` or `[` after a closed quote or bracket");
      rest_.remove_prefix(1);
    }
  }

 private:
  [[nodiscard]] tl::unexpected<base::Error> failed(std::string_view why) const {
    base::Error error;
    error.kind = base::ErrorKind::BadConfig;
    error.side = base::Side::Files;
    error.message =
        fmt::format("the path `{}` {}; write a name, a.b, list[0], or \"'a.b'\" for a name with dots in it", base::shown(text_, 60), why);
    return base::fail(std::move(error));
  }

  base::Result<bool> read_name(Path& path) {
    if (rest_.starts_with('\'')) {
      const size_t end = rest_.find('\'', 1);
      if (end == std::string_view::npos) return failed("has a quote that is not closed");
      return add_name(path, rest_.substr(1, end - 1), end + 1);
    }
    const size_t end = std::min(rest_.find_first_of(".["), rest_.size());
    const std::string_view name = rest_.substr(0, end);
    if (name.find(']') != std::string_view::npos) return failed("has a `]` without its `[`");
    if (name != base::trim(name)) return failed("has a blank before or after a name");
    return add_name(path, name, end);
  }

  base::Result<bool> add_name(Path& path, std::string_view name, size_t length) {
    if (name.empty()) return failed("has an empty name");
    path.steps.push_back({std::string(name), base::folded_name(name), std::nullopt});
    rest_.remove_prefix(length);
    return true;
  }

  base::Result<bool> read_index(Path& path) {
    const size_t end = rest_.find(']');
    const std::string_view digits = rest_.substr(1, end == std::string_view::npos ? end : end - 1);
    uint32_t index = 0;
    const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    const bool is_number = error == std::errc() && stopped == digits.data() + digits.size();
    if (end == std::string_view::npos || !is_number) return failed("has an index that is not a number in brackets");
    path.steps.push_back({{}, {}, index});
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::string_view text_, rest_;
};

}  // namespace

base::Result<Path> parse_path(std::string_view text) { return PathParser(text).parse(); }

}  // namespace syncline::config
