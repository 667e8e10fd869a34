// SPDX-License-Identifier: Apache-2.0
#include "state/complete.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"

namespace syncline::state {
namespace {

using Columns = std::set<std::string, std::less<>>;

/// The columns of those of our tables that are there, by the table's name in the catalog. A row a table: this comes before each run.
base::Result<std::map<std::string, Columns>> columns_there(sql::Connection& connection, const TableNames& names) {
  std::vector<std::string> ours;
  for (const OwnTable& own : own_tables()) ours.push_back(sql::literal(names.in_catalog(own.name).name));
  const std::string listed = base::joined(ours, ", ");
  const sql::Rows rows = TRY(connection.query(
      connection.dialect() == sql::Dialect::Postgres
          ? fmt::format("SELECT c.relname, string_agg(a.attname::text, E'\\n') FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
                        "ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid WHERE n.nspname = 'syncline' AND "
                        "c.relname IN ({}) AND a.attnum > 0 AND NOT a.attisdropped GROUP BY 1",
                        listed)
          : fmt::format("SELECT t.name, group_concat(c.name, char(10)) FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.name IN "
                        "({}) GROUP BY 1",
                        listed)));
  std::map<std::string, Columns> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    Columns& columns = out[std::string(rows.text(i, 0))];
    for (std::string_view rest = rows.text(i, 1); !rest.empty();) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      columns.emplace(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return out;
}

std::vector<std::string> lacking(const OwnTable& own, const Columns& there) {
  std::vector<std::string> out;
  for (const record::Column& column : own.columns) {
    if (!there.contains(column.name)) out.push_back(column.name);
  }
  return out;
}

tl::unexpected<base::Error> not_migrated(std::string message) {
  return base::fail({base::ErrorKind::ContractDrift, base::Side::Database, std::move(message), "not_migrated", "", {}});
}

}  // namespace

base::Result<void> check_complete(sql::Connection& connection, const TableNames& names) {
  const auto there = TRY(columns_there(connection, names));
  const auto found = [&](const OwnTable& own) { return there.find(names.in_catalog(own.name).name); };
  // Before anything that is missing: a migration would only say the same.
  for (const OwnTable& own : own_tables()) {
    if (found(own) == there.end()) continue;
    const std::vector<std::string> missing = lacking(own, found(own)->second);
    if (is_not_ours(own, missing.size())) return not_migrated(not_ours(names(own.name), missing[0]));
  }
  if (!there.contains(names.in_catalog("sync_log").name)) {
    return not_migrated("the database has no table of ours yet: run `syncline plan` to see what is missing, then `syncline migrate`");
  }
  for (const OwnTable& own : own_tables()) {
    const std::string name = names.in_catalog(own.name).name;
    if (found(own) == there.end())
      return not_migrated(fmt::format("the database lacks our table `{}`, which this version needs: run `syncline migrate`", name));
    const std::vector<std::string> missing = lacking(own, found(own)->second);
    if (missing.empty()) continue;
    return not_migrated(
        fmt::format("our table `{}` lacks its column `{}`, which is new in this version: run `syncline migrate`", name, missing[0]));
  }
  return {};
}

}  // namespace syncline::state
