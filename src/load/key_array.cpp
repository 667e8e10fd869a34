// SPDX-License-Identifier: Apache-2.0
#include "load/key_array.hpp"

#include <fmt/format.h>

#include "record/row_batch.hpp"
#include "sql/array_text.hpp"

namespace syncline::load {

using record::Cell;
using record::ColumnType;

namespace {

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", int(c));
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

std::string_view key_array_type(const record::Column& key) {
  if (key.type == ColumnType::Integer) return "bigint";
  return key.type == ColumnType::Uuid ? "uuid" : "text";
}

std::string key_array(std::span<const std::string> keys, ColumnType type, sql::Dialect dialect) {
  if (dialect == sql::Dialect::Postgres) {
    sql::ArrayText array;
    for (const std::string& key : keys) array.add(Cell::of(std::string_view(key)));
    return std::move(array).text();
  }
  std::string out = "[";
  for (const std::string& key : keys) {
    if (out.size() > 1) out += ',';
    if (type == ColumnType::Integer) {
      out += key;
    } else {
      append_json_text(out, key);
    }
  }
  return out + "]";
}

std::string is_in_key_array(std::string_view key, const record::Column& column, std::string_view parameter, sql::Dialect dialect) {
  if (dialect == sql::Dialect::Postgres) return fmt::format("{} = ANY ({}::{}[])", key, parameter, key_array_type(column));
  return fmt::format("{} IN (SELECT value FROM json_each({}))", key, parameter);
}

}  // namespace syncline::load
