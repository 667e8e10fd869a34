// SPDX-License-Identifier: Apache-2.0
#include "config/yaml/source_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace syncline::config::yaml {
namespace {

bool continues_a_character(char c) { return (uint8_t(c) & 0xC0) == 0x80; }
bool is_refused_control(char c) { return (uint8_t(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F; }

Problem problem_at(const SourceText& source, const std::string& file, size_t byte, std::string message) {
  const Spot spot = source.spot(byte);
  return {{file, spot.line, spot.column}, std::move(message)};
}

}  // namespace

SourceText::SourceText(std::string_view text) : text_(text), line_starts_{0} {
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) line_starts_.push_back(at + 1);
}

Spot SourceText::spot(size_t byte) const {
  byte = std::min(byte, text_.size());
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), byte);
  const size_t start = *(after - 1);
  const bool goes_on = last_byte_ >= start && last_byte_ <= byte;
  const size_t from = goes_on ? last_byte_ : start;
  const auto wide = std::count_if(text_.begin() + ptrdiff_t(from), text_.begin() + ptrdiff_t(byte), continues_a_character);
  last_characters_ = (goes_on ? last_characters_ : 0) + (byte - from) - size_t(wide);
  last_byte_ = byte;
  return {int(after - line_starts_.begin()), int(last_characters_) + 1};
}

size_t SourceText::line_start(int number) const {
  if (number < 1 || size_t(number) > line_starts_.size()) return text_.size();
  return line_starts_[size_t(number) - 1];
}

std::string_view SourceText::line(int number) const {
  const std::string_view rest = text_.substr(line_start(number));
  const std::string_view line = rest.substr(0, rest.find('\n'));
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

std::optional<Problem> refused_byte(const SourceText& source, const std::string& file) {
  if (const size_t at = base::invalid_utf8_at(source.text()); at != std::string_view::npos) {
    return problem_at(source, file, at, fmt::format("the byte 0x{:02x} is not UTF-8; save the file as UTF-8", uint8_t(source.text()[at])));
  }
  const auto control = std::find_if(source.text().begin(), source.text().end(), is_refused_control);
  if (control == source.text().end()) return std::nullopt;
  return problem_at(source, file, size_t(control - source.text().begin()),
                    fmt::format("the control character 0x{:02x} does not belong in this file; remove it", uint8_t(*control)));
}

}  // namespace syncline::config::yaml
