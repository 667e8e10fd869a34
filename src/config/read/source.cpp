// SPDX-License-Identifier: Apache-2.0
#include "config/read/source.hpp"

#include <fmt/format.h>

#include <utility>

namespace syncline::config {

std::optional<Path> read_path(const Reading& reading, const Tree& node, std::string_view name) {
  const std::optional<std::string> text = reading.filled_text(node, name);
  if (!text) return std::nullopt;
  auto path = parse_path(*text);
  if (path) return std::move(*path);
  reading.problem(node.spot, path.error().message);
  return std::nullopt;
}

std::optional<Source> read_source(const Reading& reading, const Tree& node, std::string_view name) {
  if (node.kind == Tree::Kind::Map) {
    const Keys keys(reading, node, fmt::format("`{}`", name), {"from", "first_value"});
    const Tree* from = keys.required("from", "`from: name` or `from: [name, another name]`");
    std::optional<Source> source = from ? read_source(reading, *from, "from") : std::nullopt;
    if (const Tree* first_value = keys.find("first_value"); first_value && source) {
      source->first_value = reading.boolean(*first_value, "first_value").value_or(false);
    }
    return source;
  }
  Source source;
  source.place = reading.place(node.spot);
  if (node.kind == Tree::Kind::List) {
    for (const Tree& item : node.items) {
      if (auto path = read_path(reading, item, name)) source.paths.push_back(std::move(*path));
    }
    if (node.items.empty()) reading.problem(node.spot, fmt::format("`{}` is an empty list; name where the value stands", name));
  } else if (node.kind == Tree::Kind::Null) {
    reading.problem(node.spot, fmt::format("`{}` has no value; name where the value stands", name));
  } else if (auto path = read_path(reading, node, name)) {
    source.paths.push_back(std::move(*path));
  }
  return source.paths.empty() ? std::nullopt : std::optional(std::move(source));
}

}  // namespace syncline::config
