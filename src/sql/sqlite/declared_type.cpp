// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "sql/sqlite/catalog.hpp"

namespace syncline::sql::sqlite {
namespace {

using record::Column;
using record::ColumnType;

/// SQLite knows five affinities; what a column is for is told by the words of its declared type. The first that is found decides, so what
/// contains another stands before it.
struct Word {
  std::string_view word;
  ColumnType type;
};
constexpr std::array Words{
    Word{"LOCAL DATETIME", ColumnType::LocalTimestamp},
    Word{"DATETIME", ColumnType::Timestamp},
    Word{"TIMESTAMP", ColumnType::Timestamp},
    Word{"JSON", ColumnType::Json},
    Word{"UUID", ColumnType::Uuid},
    // By affinity these two hold doubles, so they are not Decimal: see is_exact.
    Word{"DECIMAL", ColumnType::Real},
    Word{"NUMERIC", ColumnType::Real},
    Word{"INT", ColumnType::Integer},
    Word{"BOOL", ColumnType::Boolean},
    Word{"TEXT", ColumnType::Text},
    Word{"CHAR", ColumnType::Text},
    Word{"CLOB", ColumnType::Text},
    Word{"DATE", ColumnType::Date},
    Word{"TIME", ColumnType::Time},
    Word{"REAL", ColumnType::Real},
    Word{"FLOA", ColumnType::Real},
    Word{"DOUB", ColumnType::Real},
};

bool contains(std::string_view text, std::string_view word) { return text.find(word) != text.npos; }

/// TEXT in the name gives a column TEXT affinity: a decimal stays the text it is.
bool is_exact(std::string_view upper) { return contains(upper, "TEXT") && (contains(upper, "DECIMAL") || contains(upper, "NUMERIC")); }

ColumnType type_of(std::string_view upper) {
  if (is_exact(upper)) return ColumnType::Decimal;
  for (const Word& known : Words) {
    if (contains(upper, known.word)) return known.type;
  }
  return ColumnType::Other;
}

/// The number at the start of a text, blanks before it skipped; and the text behind it.
std::optional<int> take_number(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  int number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(size_t(end - text.data()));
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return number;
}

}  // namespace

void set_type(Column& column, std::string_view declared) {
  std::string upper(declared);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  column.type = type_of(std::string_view(upper).substr(0, upper.find('(')));
  const size_t open = declared.find('(');
  if (open == declared.npos) return;
  std::string_view arguments = declared.substr(open + 1);
  const std::optional<int> first = take_number(arguments);
  if (!first) return;
  if (column.type == ColumnType::Text) column.length_max = first;
  if (column.type != ColumnType::Decimal) return;
  column.precision = first;
  column.scale = 0;
  if (!arguments.starts_with(',')) return;
  arguments.remove_prefix(1);
  column.scale = take_number(arguments).value_or(0);
}

}  // namespace syncline::sql::sqlite
