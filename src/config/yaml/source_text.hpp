// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/place.hpp"
#include "config/yaml/tree.hpp"

namespace syncline::config::yaml {

/// The bytes of a file, as places in it. Views the text, which must outlive it. Belongs to one thread.
class SourceText {
 public:
  explicit SourceText(std::string_view text);
  [[nodiscard]] std::string_view text() const { return text_; }
  /// Line and column of a byte.
  [[nodiscard]] Spot spot(size_t byte) const;
  /// A line without its end, from 1; "" past the last.
  [[nodiscard]] std::string_view line(int number) const;
  /// First byte of a line, from 1.
  [[nodiscard]] size_t line_start(int number) const;

 private:
  std::string_view text_;
  std::vector<size_t> line_starts_;
  /// Where the last spot() was: a file is mostly asked about from left to right, and its lines can be long.
  mutable size_t last_byte_ = 0, last_characters_ = 0;
};

/// The first thing that no text file of ours may hold: invalid UTF-8 or a control character.
[[nodiscard]] std::optional<Problem> refused_byte(const SourceText& source, const std::string& file);

}  // namespace syncline::config::yaml
