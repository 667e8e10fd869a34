// SPDX-License-Identifier: Apache-2.0
#include "config/yaml/syntax_advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace syncline::config::yaml {
namespace {

/// yaml-cpp's messages that users meet, and what mostly causes them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> Advice = {{
    {"end of map not found", "this does not continue the map above; mend the indentation, or the text after a closing quote"},
    {"end of sequence not found", "this does not continue the list above; mend the indentation, or the text after a closing quote"},
    {"end of map flow not found",
     "this `{` is not closed with `}`, or a comma is missing, or a text with { } [ ] or , in it is not in quotes"},
    {"end of sequence flow not found",
     "this `[` is not closed with `]`, or a comma is missing, or a text with { } [ ] or , in it is not in quotes"},
    {"illegal map value", "`:` is not expected here; put a text that holds `: ` in quotes, or mend the indentation"},
    {"illegal block entry", "a list cannot begin here; begin it on the next line, or write [a, b]"},
    {"illegal flow end", "this bracket closes nothing; remove it"},
    {"illegal EOF in scalar", "the file ends inside quotes; close them"},
    {"unknown token", "this character has no meaning here; put the text that holds it in quotes"},
}};

}  // namespace

std::string syntax_advice(std::string_view message, std::string_view line) {
  const std::string_view indentation = line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
  if (indentation.find('\t') != std::string_view::npos) return "a tab in the indentation; use spaces only";
  std::string advice = fmt::format("not readable as YAML: {}", message);
  for (const auto& [said, meant] : Advice) {
    if (message == said) advice = meant;
  }
  const bool in_flow = line.find_first_of("{[") != std::string_view::npos && line.find("${") != std::string_view::npos;
  if (in_flow && message.find("flow") != std::string_view::npos) return "text with ${…} must be in quotes inside {…} and […]";
  return advice;
}

bool is_unclosed_quote(std::string_view text) {
  if (text.empty() || (text.front() != '\'' && text.front() != '"')) return false;
  const char quote = text.front();
  for (size_t at = 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      const bool doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == quote;
      if (!doubled) return false;
      ++at;
    }
  }
  return true;
}

}  // namespace syncline::config::yaml
