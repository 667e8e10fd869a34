// SPDX-License-Identifier: Apache-2.0
#include "config/read/dotenv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "config/read/variables.hpp"
#include "config/yaml/source_text.hpp"

namespace syncline::config {
namespace {

/// One line being read. `error` says what is wrong at `at`.
struct Line {
  std::string_view text;
  size_t at = 0;
  std::string error;

  void skip_blanks() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  }
  [[nodiscard]] bool ended() const { return at >= text.size() || text[at] == '#'; }
};

std::string read_key(Line& line) {
  constexpr std::string_view keyword = "export ";
  if (line.text.substr(line.at).starts_with(keyword)) {
    line.at += keyword.size();
    line.skip_blanks();
  }
  const size_t end = std::min(line.text.find_first_of("= \t", line.at), line.text.size());
  std::string key(line.text.substr(line.at, end - line.at));
  if (!is_variable_name(key)) {
    line.error = "a line is NAME=value, and a name has letters, digits and _ only";
    return {};
  }
  line.at = end;
  line.skip_blanks();
  if (line.at >= line.text.size() || line.text[line.at] != '=') {
    line.error = fmt::format("`=` is missing after `{}`; write {}=value", key, key);
    return {};
  }
  ++line.at;
  return key;
}

char escaped(char c) { return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c; }

std::string read_quoted(Line& line) {
  const char quote = line.text[line.at];
  const size_t start = line.at++;
  std::string value;
  for (; line.at < line.text.size() && line.text[line.at] != quote; ++line.at) {
    const bool escape = quote == '"' && line.text[line.at] == '\\' && line.at + 1 < line.text.size();
    value += escape ? escaped(line.text[++line.at]) : line.text[line.at];
  }
  if (line.at >= line.text.size()) {
    line.at = start;
    line.error = "this quote is not closed in its line";
    return {};
  }
  ++line.at;
  line.skip_blanks();
  if (!line.ended()) line.error = "only a # comment may follow the closing quote";
  return value;
}

std::string read_value(Line& line) {
  line.skip_blanks();
  if (line.at < line.text.size() && (line.text[line.at] == '\'' || line.text[line.at] == '"')) return read_quoted(line);
  std::string_view value = line.text.substr(line.at);
  // As in shells, # begins a comment only after a blank: a password may hold one.
  for (size_t at = value.find('#'); at != std::string_view::npos; at = value.find('#', at + 1)) {
    if (at != 0 && value[at - 1] != ' ' && value[at - 1] != '\t') continue;
    value = value.substr(0, at);
    break;
  }
  return std::string(base::trim(value));
}

}  // namespace

Assignments parse_dotenv(std::string_view text, const std::string& file, std::vector<Problem>& problems) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const yaml::SourceText source(text);
  Assignments assignments;
  if (auto refused = yaml::refused_byte(source, file)) {
    problems.push_back(std::move(*refused));
    return assignments;
  }
  std::map<std::string, int, std::less<>> first_lines;
  const int lines = source.spot(text.size()).line;
  for (int number = 1; number <= lines; ++number) {
    Line line{source.line(number), 0, {}};
    line.skip_blanks();
    if (line.ended()) continue;
    const size_t key_at = line.at;
    const std::string key = read_key(line);
    std::string value = line.error.empty() ? read_value(line) : std::string();
    if (line.error.empty() && !first_lines.emplace(key, number).second) {
      line.at = key_at;
      line.error = fmt::format("`{}` is set twice, first in line {}; remove one", key, first_lines[key]);
    }
    if (!line.error.empty()) {
      const yaml::Spot spot = source.spot(source.line_start(number) + line.at);
      problems.push_back({{file, spot.line, spot.column}, std::move(line.error)});
      continue;
    }
    assignments[key] = std::move(value);
  }
  return assignments;
}

}  // namespace syncline::config
