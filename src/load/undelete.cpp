// SPDX-License-Identifier: Apache-2.0
#include "load/undelete.hpp"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/text.hpp"
#include "load/accounts.hpp"
#include "load/cell_text.hpp"
#include "load/deletes.hpp"
#include "load/key_array.hpp"
#include "load/verdict.hpp"

namespace syncline::load {

using record::Cell;
using record::ColumnType;

std::string_view unmarked(const record::Column& column, sql::Dialect dialect) {
  if (column.type != ColumnType::Boolean) return "NULL";
  return dialect == sql::Dialect::Postgres ? "false" : "0";
}

Undelete::Undelete(const config::Entity& entity, const Target& target, state::Store& store, std::string ready)
    : entity_(entity),
      target_(target),
      store_(store),
      ready_(std::move(ready)),
      table_(sql::quoted(target.table.name)),
      key_("t." + sql::quoted(target.columns[0].column.name)) {}

std::string Undelete::as_text(const std::string& value) const {
  return postgres() ? value + "::text" : fmt::format("CAST({} AS TEXT)", value);
}

/// What is remembered of this entity. Without parameters: a plan that is kept would be made for another batch's rows.
std::string Undelete::ours() const {
  return fmt::format("s.entity = {} AND s.account = {}", sql::literal(entity_.name), sql::literal(entity_.account));
}

/// One look, or a first load would look for each of its rows in what is empty.
base::Result<bool> Undelete::remembers_any() const {
  return !TRY(store_.connection().query(fmt::format("SELECT 1 FROM {} AS s WHERE {} LIMIT 1", store_.names()("sync_seen"), ours())))
              .empty();
}

base::Result<Returning> Undelete::find(Mode mode) const {
  Returning out;
  if (!soft()) return out;
  const bool resurrect = entity_.deletes.resurrect;
  // A dry run may come before `migrate`.
  if (mode == Mode::OnlyCount && !resurrect && !TRY(store_.connection().describe(store_.names().in_catalog("sync_seen")))) return out;
  const std::string there = fmt::format("{} = r.c0 AND r.verdict IN ({}, {}, {}){}", key_, verdict::Changed, verdict::Unchanged,
                                        verdict::Stale, and_of_account(entity_, "t"));
  if (!resurrect) {
    if (!TRY(remembers_any())) return out;
    // As texts: the column may be another by now, of another type.
    const std::string as_we_wrote_it =
        fmt::format("{} AND s.key = {} AND {} = s.value", ours(), as_text(key_), as_text("t." + sql::quoted(mark().name)));
    TRY(find_in(fmt::format(", {} AS s", store_.names()("sync_seen")), there + " AND " + as_we_wrote_it, key_, mode, out));
    return out;
  }
  const std::string marked = fmt::format(" AND NOT ({})", is_not_deleted(mark()));
  TRY(find_in("", there + marked, key_, mode, out));
  if (target_.adopt.empty()) return out;
  // These have not got their external id yet.
  const std::string id = "t." + sql::quoted(target_.row_id.name);
  TRY(find_in("", fmt::format("{} = r.adopts AND r.verdict = {}{}", id, verdict::Adopted, marked), id, mode, out));
  return out;
}

base::Result<void> Undelete::find_in(const std::string& from, const std::string& which, const std::string& order, Mode mode,
                                     Returning& returning) const {
  const std::string_view lock = postgres() && mode == Mode::Write ? " FOR UPDATE OF t" : "";
  const sql::Rows back = TRY(store_.connection().query(
      fmt::format("SELECT r.n, r.verdict FROM {} AS t, {} AS r{} WHERE {} ORDER BY {}{}", table_, ready_, from, which, order, lock)));
  if (back.empty()) return {};
  std::vector<std::string> numbers;
  for (size_t i = 0; i < back.size(); ++i) {
    numbers.emplace_back(std::to_string(back.integer(i, 0)));
    if (back.integer(i, 1) == verdict::Stale) ++returning.stale;
  }
  returning.rows += int64_t(back.size());
  // What differs is our own mark: nobody has edited the row.
  const std::string no_edit = target_.stamp_seed ? fmt::format(", edited = edited AND verdict <> {}", verdict::Unchanged) : "";
  return store_.connection().execute(
      fmt::format("UPDATE {} SET returns = 1, verdict = CASE verdict WHEN {} THEN {} ELSE verdict END{} "
                  "WHERE n IN ({})",
                  ready_, verdict::Unchanged, verdict::Changed, no_edit, base::joined(numbers, ", ")));
}

base::Result<void> Undelete::unmark(const std::string& which) const {
  const sql::Dialect dialect = store_.connection().dialect();
  TRY(store_.connection().change(fmt::format(
      "UPDATE {} AS t SET {} = {}, synced_at = {} FROM {} AS r WHERE {} = r.c0 AND r.returns = 1{}{}", table_, sql::quoted(mark().name),
      unmarked(mark(), dialect), sql::current_timestamp(dialect), ready_, key_, which, and_of_account(entity_, "t"))));
  return {};
}

base::Result<void> Undelete::unmark_stale() const { return unmark(fmt::format(" AND r.verdict = {}", verdict::Stale)); }

base::Result<void> Undelete::forget() const {
  if (!soft() || !TRY(remembers_any())) return {};
  const std::string inserted = entity_.insert ? fmt::format(", {}", verdict::New) : "";
  TRY(store_.connection().change(
      fmt::format("DELETE FROM {} AS s WHERE {} AND s.key IN (SELECT {} FROM {} AS r WHERE r.verdict IN ({}, {}, {}, {}{}))",
                  store_.names()("sync_seen"), ours(), as_text("r.c0"), ready_, verdict::Changed, verdict::Unchanged, verdict::Stale,
                  verdict::Adopted, inserted)));
  return {};
}

base::Result<void> Undelete::forget(const record::RowBatch& rows, std::span<const uint32_t> inserted) const {
  if (!soft() || !TRY(remembers_any())) return {};
  const record::Column& key = target_.columns[0].column;
  std::vector<std::string> keys;
  keys.reserve(inserted.size());
  for (const uint32_t row : inserted) keys.push_back(text_of(rows.row(row)[0]));
  const sql::Dialect dialect = store_.connection().dialect();
  const std::string all = key_array(keys, key.type, dialect);
  // Read back: a column may hold a key as another text than it was given.
  TRY(store_.connection().change(
      fmt::format("DELETE FROM {} AS s WHERE {} AND s.key IN (SELECT {} FROM {} AS t WHERE {}{})", store_.names()("sync_seen"), ours(),
                  as_text(key_), table_, is_in_key_array(key_, key, "$1", dialect), and_of_account(entity_, "t")),
      std::array{Cell::of(std::string_view(all))}));
  return {};
}

base::Result<void> Undelete::bring_back(Mode mode, record::Counters& counters) const {
  if (!soft()) return {};
  const Returning back = TRY(find(mode));
  counters.stale -= back.stale;
  counters.updated += back.stale;
  if (mode == Mode::OnlyCount) return {};
  if (back.rows > 0) TRY(unmark(""));
  return forget();
}

}  // namespace syncline::load
