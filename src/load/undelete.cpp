// SPDX-License-Identifier: Apache-2.0
#include "load/undelete.hpp"

#include <fmt/format.h>

#include <vector>

#include "load/accounts.hpp"
#include "load/deletes.hpp"
#include "load/verdict.hpp"

namespace syncline::load {

using record::ColumnType;

namespace {

std::string_view unmarked(const record::Column& column, sql::Dialect dialect) {
  if (column.type != ColumnType::Boolean) return "NULL";
  return dialect == sql::Dialect::Postgres ? "false" : "0";
}

}  // namespace

Undelete::Undelete(const config::Entity& entity, const Target& target, state::Store& store, std::string ready)
    : entity_(entity), target_(target), store_(store), ready_(std::move(ready)) {}

base::Result<void> Undelete::bring_back(Mode mode, record::Counters& counters) const {
  if (entity_.deletes.kind != config::Deletes::Kind::Soft) return {};
  const record::Column* column = target_.table.column(entity_.deletes.column);
  sql::Connection& connection = store_.connection();
  const bool postgres = connection.dialect() == sql::Dialect::Postgres, resurrect = entity_.deletes.resurrect;
  // A dry run may come before `migrate`.
  if (mode == Mode::OnlyCount && !resurrect && !TRY(connection.describe(store_.names().in_catalog("sync_seen")))) return {};

  const std::string table = sql::quoted(target_.table.name), key = "t." + sql::quoted(target_.columns[0].column.name);
  const std::string name = sql::quoted(column->name), seen = store_.names()("sync_seen");
  const std::string key_text = postgres ? key + "::text" : fmt::format("CAST({} AS TEXT)", key);
  const std::string landed = fmt::format("r.verdict IN ({}, {}, {})", verdict::Changed, verdict::Unchanged, verdict::Stale);
  // Without parameters: a plan that is kept would be made for another batch's rows.
  const std::string ours = fmt::format("s.entity = {} AND s.account = {}", sql::literal(entity_.name), sql::literal(entity_.account));
  std::string from = fmt::format("{} AS r", ready_), which = fmt::format("{} = r.c0 AND {}", key, landed);
  which += and_of_account(entity_, "t");
  if (resurrect) {
    which += fmt::format(" AND NOT ({})", is_not_deleted(*column));
  } else {
    from += fmt::format(", {} AS s", seen);
    which += fmt::format(
        " AND {} AND s.key = {} AND {}", ours, key_text,
        postgres ? fmt::format("t.{} = s.value::{}", name, column->declared) : fmt::format("CAST(t.{} AS TEXT) = s.value", name));
  }

  const std::string_view lock = postgres && mode == Mode::Write ? " FOR UPDATE OF t" : "";
  const sql::Rows back = TRY(connection.query(
      fmt::format("SELECT b.verdict, count(*) FROM (SELECT r.verdict FROM {} AS t, {} WHERE {} ORDER BY {}{}) AS b GROUP BY b.verdict",
                  table, from, which, key, lock)));
  for (size_t i = 0; i < back.size(); ++i) {
    const int64_t count = back.integer(i, 1);
    if (back.integer(i, 0) == verdict::Changed) continue;
    (back.integer(i, 0) == verdict::Unchanged ? counters.unchanged : counters.stale) -= count;
    counters.updated += count;
  }
  if (mode == Mode::OnlyCount) return {};
  if (!back.empty()) {
    TRY(connection.change(fmt::format("UPDATE {} AS t SET {} = {}, synced_at = {} FROM {} WHERE {}", table, name,
                                      unmarked(*column, connection.dialect()), sql::current_timestamp(connection.dialect()), from, which)));
  }
  if (resurrect) return unmark_adopted(*column);
  // Whatever the column holds by now: the record is there, so we have deleted nothing.
  TRY(connection.change(fmt::format("DELETE FROM {} AS s WHERE {} AND s.key IN (SELECT {} FROM {} AS r WHERE {})", seen, ours,
                                    postgres ? "r.c0::text" : "CAST(r.c0 AS TEXT)", ready_, landed)));
  return {};
}

/// These rows have not got their external id yet. We have never deleted them, so nothing is remembered of them.
base::Result<void> Undelete::unmark_adopted(const record::Column& column) const {
  if (target_.adopt.empty()) return {};
  sql::Connection& connection = store_.connection();
  const std::string table = sql::quoted(target_.table.name), id = "t." + sql::quoted(target_.row_id.name);
  const std::string which = fmt::format("{} = r.adopts AND r.verdict = {} AND NOT ({})", id, verdict::Adopted, is_not_deleted(column));
  if (connection.dialect() == sql::Dialect::Postgres) {
    TRY(connection.query(fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} AS t, {} AS r WHERE {} ORDER BY {} FOR UPDATE OF t) AS locked",
                                     table, ready_, which, id)));
  }
  TRY(connection.change(fmt::format("UPDATE {} AS t SET {} = {} FROM {} AS r WHERE {}", table, sql::quoted(column.name),
                                    unmarked(column, connection.dialect()), ready_, which)));
  return {};
}

}  // namespace syncline::load
