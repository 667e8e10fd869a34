// SPDX-License-Identifier: Apache-2.0
#include "sql/array_text.hpp"

#include <charconv>

namespace syncline::sql {

void ArrayText::add(const record::Cell& cell) {
  if (text_.size() > 1) text_ += ',';
  if (cell.is_null()) {
    text_ += "NULL";
  } else if (cell.type == record::Cell::Type::Integer) {
    char digits[24];
    text_.append(digits, std::to_chars(digits, digits + sizeof digits, cell.integer()).ptr);
  } else {
    text_ += '"';
    for (const char c : cell.text()) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c;
    }
    text_ += '"';
  }
}

std::string ArrayText::text() && {
  text_ += '}';
  return std::move(text_);
}

}  // namespace syncline::sql
