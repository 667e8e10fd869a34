// SPDX-License-Identifier: Apache-2.0
#include "config/read/names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace syncline::config {
namespace {

/// PostgreSQL cuts longer names, silently.
constexpr size_t NameBytesMax = 63;

bool is_control(char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }

}  // namespace

bool check_identifier(const Reading& reading, yaml::Spot spot, std::string_view text, std::string_view what) {
  const bool fits =
      !text.empty() && text.size() <= NameBytesMax && text == base::trim(text) && std::none_of(text.begin(), text.end(), is_control);
  if (!fits)
    reading.problem(spot, fmt::format("`{}` cannot name {}; a name has 1 to {} bytes and no blanks around it", base::shown(text, 80), what,
                                      NameBytesMax));
  return fits;
}

std::optional<std::string> read_column(const Reading& reading, const Tree& node, std::string_view name) {
  std::optional<std::string> column = reading.text(node, name);
  return column && check_identifier(reading, node.spot, *column, "a column") ? std::move(column) : std::nullopt;
}

std::optional<record::TableName> read_table(const Reading& reading, const Tree& node, std::string_view name) {
  const std::optional<std::string> text = reading.text(node, name);
  if (!text) return std::nullopt;
  const size_t dot = text->find('.');
  record::TableName table{dot == std::string::npos ? std::string() : text->substr(0, dot),
                          dot == std::string::npos ? *text : text->substr(dot + 1)};
  if (table.name.find('.') != std::string::npos) {
    reading.problem(node.spot, fmt::format("`{}` is not a table; write table or schema.table", base::shown(*text, 80)));
    return std::nullopt;
  }
  if (dot != std::string::npos && !check_identifier(reading, node.spot, table.schema, "a schema")) return std::nullopt;
  return check_identifier(reading, node.spot, table.name, "a table") ? std::optional(std::move(table)) : std::nullopt;
}

}  // namespace syncline::config
