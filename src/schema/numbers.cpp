// SPDX-License-Identifier: Apache-2.0
#include "schema/numbers.hpp"

#include <fmt/format.h>

#include "sql/sequence.hpp"

namespace syncline::schema {

base::Result<NumbersPlan> plan_numbers(sql::Connection& connection, const config::Entity& entity, const record::Table& table) {
  NumbersPlan out;
  for (const config::Numbering& number : entity.numbers) {
    const record::Column* column = table.column(number.column);
    if (column && (column->type != record::ColumnType::Integer || column->generated)) {
      out.problems.push_back(
          {number.place, fmt::format("`{}` of {} cannot be numbered: it is {}{}; name an integer column that may be written", number.column,
                                     to_string(table.name), column->declared, column->generated ? ", and always generated" : "")});
      continue;
    }
    if (!number.sequence || connection.dialect() == sql::Dialect::Sqlite) continue;
    const std::string name = sql::quoted(*number.sequence);
    const auto next = TRY(sql::next_of_sequence(connection, *number.sequence));
    if (!next && !number.create_after_max) {
      out.problems.push_back({number.place, fmt::format("there is no sequence {}; name one there is, or write `create: after_max` and "
                                                        "`syncline migrate` makes it",
                                                        name)});
    } else if (!next) {
      const std::string highest = column ? TRY(sql::highest_number(connection, table.name, number.column)) : std::string("0");
      out.changes.push_back({fmt::format("sequence {}, after {}, the highest {} of {}", to_string(*number.sequence), highest, number.column,
                                         to_string(table.name)),
                             fmt::format("CREATE SEQUENCE {} START WITH {} OWNED BY NONE;", name, std::stoll(highest) + 1)});
    } else if (column) {
      const auto taken = TRY(sql::number_not_passed(connection, table.name, number.column, *next));
      if (taken)
        out.problems.push_back(
            {number.place, fmt::format("the sequence {} gives {} next, but {}.{} has {} already: new rows would fail. "
                                       "Have its owner run SELECT setval({}, {});",
                                       name, *next, to_string(table.name), number.column, *taken, sql::literal(name), *taken)});
    }
  }
  return out;
}

}  // namespace syncline::schema
