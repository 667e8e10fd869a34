// SPDX-License-Identifier: Apache-2.0
#include "load/deletes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <map>

#include "base/check.hpp"
#include "base/text.hpp"
#include "config/deletes_fit.hpp"
#include "load/accounts.hpp"
#include "load/cell_text.hpp"
#include "load/commit_lookup.hpp"
#include "load/expression.hpp"
#include "load/key_array.hpp"

namespace syncline::load {
namespace {

using namespace std::chrono_literals;
using record::Cell;
using record::ColumnType;

constexpr int AttemptsMax = 5;

base::Error drift(const config::Place& place, std::string message) {
  return {base::ErrorKind::ContractDrift, base::Side::Database, config::to_string({place, std::move(message)}), "not_as_planned", "", {}};
}

/// The elements of an array parameter, as a table.
std::string elements(std::string_view parameter, std::string_view type, std::string_view alias, sql::Dialect dialect) {
  if (dialect == sql::Dialect::Postgres) return fmt::format("unnest({}::{}[]) AS {} (k)", parameter, type, alias);
  return fmt::format("(SELECT value AS k FROM json_each({})) AS {}", parameter, alias);
}

/// The current time as the column holds it.
std::string deletion_value(const record::Column& column, sql::Dialect dialect) {
  const bool postgres = dialect == sql::Dialect::Postgres;
  switch (column.type) {
    case ColumnType::Boolean:
      return postgres ? "true" : "1";
    case ColumnType::Date:
      return postgres ? "(now() AT TIME ZONE 'UTC')::date" : "date('now')";
    case ColumnType::LocalTimestamp:
      return postgres ? "(now() AT TIME ZONE 'UTC')" : std::string(sql::current_timestamp(dialect));
    default:
      return std::string(sql::current_timestamp(dialect));
  }
}

record::Reject refused_delete(std::string key, const base::Error& error) {
  return {"delete", std::move(key), error.subject, error.code, "its record is gone at the source, but the row stays: " + error.message, "",
          ""};
}

/// Neither an error nor a change has come of it.
record::Reject kept_row(std::string key, std::string field) {
  return {
      "delete",
      std::move(key),
      std::move(field),
      "row_kept",
      "its record is gone at the source, but the row stays as it was, and the database has not said why: a trigger, a rule or a policy of "
      "row level security keeps it",
      "",
      ""};
}

std::vector<std::string> texts(const sql::Rows& rows) {
  std::vector<std::string> out;
  out.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) out.emplace_back(rows.text(i, 0));
  return out;
}

/// `rows`: of each row that one of these records had its key, the record, and whether it is a stranger.
Strangers counted(std::span<const Family> families, const sql::Rows& rows) {
  struct Had {
    int64_t rows = 0, gone = 0;
  };
  std::map<std::string_view, Had> of_record;
  Strangers out;
  out.rows = int64_t(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    Had& had = of_record[rows.text(i, 1)];
    ++had.rows;
    if (rows.integer(i, 2) == 0) continue;
    ++had.gone;
    out.keys.emplace_back(rows.text(i, 0));
  }
  for (const Family& family : families) {
    const auto had = of_record.find(family.parent);
    if (had == of_record.end()) continue;
    ++out.records;
    if (had->second.gone > 0) ++out.losing;
    if (had->second.gone == had->second.rows && family.keys.empty()) ++out.emptied;
  }
  return out;
}

}  // namespace

std::string comparable_key(std::string_view text, ColumnType type) {
  std::string out;
  if (type == ColumnType::Uuid) {
    for (const char c : base::lower(text)) {
      if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) out += c;
    }
    return out;
  }
  // A character(n) is filled up with blanks.
  out = text;
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

std::string is_not_deleted(const record::Column& column) {
  const std::string name = "t." + sql::quoted(column.name);
  return column.type == ColumnType::Boolean ? name + " IS NOT TRUE" : name + " IS NULL";
}

Deletes::Deletes(state::Store& store, const config::Entity& entity, const Target& target, state::Lease lease, base::Clock& clock)
    : store_(store),
      connection_(store.connection()),
      entity_(entity),
      target_(target),
      lease_(std::move(lease)),
      clock_(clock),
      table_(sql::quoted(target.table.name)),
      key_("t." + sql::quoted(target.columns[0].column.name)) {}

base::Result<void> Deletes::check() {
  if (std::string objection = config::delete_objection(entity_, target_.table, target_.key_collation); !objection.empty())
    return base::fail(drift(entity_.deletes.place, std::move(objection)));
  if (!soft() || TRY(connection_.describe(store_.names().in_catalog("sync_seen")))) return {};
  return base::fail(drift(
      entity_.deletes.place,
      fmt::format("there is no table {}, in which deleted rows are remembered; `syncline migrate` makes it", store_.names()("sync_seen"))));
}

/// Which rows a sync of this entity may delete at all, beside their keys: where several accounts share a table, those of this account.
std::string Deletes::is_there() const {
  const std::string there = soft() ? is_not_deleted(*target_.table.column(entity_.deletes.column)) : "1 = 1";
  // A text in an integer column of SQLite has come from no record, and is no number that could be asked for.
  const bool any_type = !postgres() && target_.columns[0].column.type == ColumnType::Integer;
  return there + (any_type ? fmt::format(" AND typeof({}) = 'integer'", key_) : "") + and_of_account(target_, "t");
}

std::string Deletes::as_text(const std::string& value) const {
  return postgres() ? value + "::text" : fmt::format("CAST({} AS TEXT)", value);
}

std::string Deletes::array_of(std::span<const std::string> keys) const {
  return key_array(keys, target_.columns[0].column.type, connection_.dialect());
}

std::string Deletes::is_one_of(std::string_view parameter) const {
  return is_in_key_array(key_, target_.columns[0].column, parameter, connection_.dialect());
}

base::Result<std::vector<std::string>> Deletes::keys_after(const std::optional<std::string>& last, int64_t keys_max) {
  const record::Column& key = target_.columns[0].column;
  std::string behind;
  if (last) behind = postgres() ? fmt::format(" AND {} > $2::text::{}", key_, key_array_type(key)) : fmt::format(" AND {} > $2", key_);
  std::vector<Cell> parameters{Cell::of(keys_max)};
  int64_t number = 0;
  if (last && key.type == ColumnType::Integer && !postgres()) {
    const auto [end, error] = std::from_chars(last->data(), last->data() + last->size(), number);
    base::check(error == std::errc() && end == last->data() + last->size(), "a key of an integer column is read back as it was told");
    parameters.push_back(Cell::of(number));
  } else if (last) {
    parameters.push_back(Cell::of(std::string_view(*last)));
  }
  return texts(TRY(connection_.query(fmt::format("SELECT {} FROM {} AS t WHERE {} IS NOT NULL AND {}{} ORDER BY {} LIMIT $1", as_text(key_),
                                                 table_, key_, is_there(), behind, key_),
                                     parameters)));
}

base::Result<Strangers> Deletes::strangers(std::span<const Family> families) {
  const auto relation = std::find_if(entity_.relations.begin(), entity_.relations.end(),
                                     [&](const config::Relation& it) { return it.column == entity_.deletes.within; });
  const Parent& parent = target_.parents[size_t(relation - entity_.relations.begin())];
  const record::Column &id = parent.ways[*parent.external_way].column, &key = target_.columns[0].column;
  std::vector<std::string> parents, keys;
  for (const Family& family : families) {
    parents.emplace_back(family.parent);
    for (const Cell& cell : family.keys) keys.push_back(text_of(cell));
  }
  const sql::Dialect dialect = connection_.dialect();
  const std::string all_parents = key_array(parents, ColumnType::Text, dialect), all_keys = array_of(keys);
  const sql::Rows rows = TRY(connection_.query(
      fmt::format(
          "SELECT DISTINCT {}, r.k, CASE WHEN s.k IS NULL THEN 1 ELSE 0 END FROM {} JOIN {} AS p ON p.{} = {} JOIN {} AS t ON t.{} = "
          "p.{} LEFT JOIN {} ON s.k = {} WHERE {} IS NOT NULL AND {}",
          as_text(key_), elements("$1", "text", "r", dialect), sql::quoted(parent.table), sql::quoted(id.name),
          parent_value("r.k", id, dialect), table_, sql::quoted(parent.column.name), sql::quoted(parent.id.name),
          elements("$2", key_array_type(key), "s", dialect), key_, key_, is_there()),
      std::array{Cell::of(std::string_view(all_parents)), Cell::of(std::string_view(all_keys))}));
  return counted(families, rows);
}

base::Result<void> Deletes::remove(std::span<const std::string> keys, int64_t run, record::EntityReport& report,
                                   const std::stop_token& stop) {
  Care care = Care::None;
  for (int attempt = 1;; ++attempt) {
    record::EntityReport after = report;
    Outcome outcome;
    const auto done = remove_once(keys, run, after, care, outcome);
    if (done) {
      report = std::move(after);
      return {};
    }
    connection_.rollback();
    const base::Error& error = done.error();
    if (sql::is_row_fault(error) && care != Care::Halving) {
      care = Care::Halving;
      continue;
    }
    const bool lost = sql::is_connection_lost(error);
    if (lost && TRY(was_committed(store_, clock_, run, report, stop))) {
      report = std::move(after);
      return {};
    }
    if (attempt >= AttemptsMax || !(lost || sql::may_pass_again(error))) return base::fail(error);
    if (error.code == "55P03" && care == Care::None) care = Care::Locks;
    if (stop.stop_requested()) return base::fail(stopped_waiting());
  }
}

base::Result<void> Deletes::remove_once(std::span<const std::string> keys, int64_t run, record::EntityReport& report, Care care,
                                        Outcome& out) {
  TRY(connection_.begin());
  TRY(store_.prove_lease(lease_));
  const std::vector<std::string> ours = TRY(lock(keys, care, out));
  if (care == Care::Halving) {
    TRY(connection_.check_deferred());
    TRY(halve(ours, run, out));
  } else {
    TRY(delete_rows(ours, run, out));
  }
  report.counters.deleted += out.deleted;
  report.not_deleted += int64_t(out.refused.size());
  ++report.transactions;
  TRY(store_.add_rejects(run, entity_.name, report.account, out.refused));
  TRY(store_.update_log(run, report));
  return connection_.commit();
}

/// The rows that are there and can be had, in the order of their keys, in which every writer locks.
base::Result<std::vector<std::string>> Deletes::lock(std::span<const std::string> keys, Care care, Outcome& outcome) {
  const std::string all = array_of(keys);
  const std::array parameters{Cell::of(std::string_view(all))};
  const std::string find = find_there();
  if (!postgres()) return texts(TRY(connection_.query(find, parameters)));
  std::vector<std::string> locked =
      texts(TRY(connection_.query(find + (care == Care::None ? " FOR UPDATE OF t" : " FOR UPDATE OF t SKIP LOCKED"), parameters)));
  if (care == Care::None) return locked;
  std::vector<std::string> held = locked;
  std::sort(held.begin(), held.end());
  for (std::string& key : texts(TRY(connection_.query(find, parameters)))) {
    if (std::binary_search(held.begin(), held.end(), key)) continue;
    outcome.refused.push_back({"delete", std::move(key), "", "row_locked",
                               "its record is gone at the source, but another session has locked the row; the next full sync deletes it",
                               "", ""});
  }
  return locked;
}

/// Those of the keys whose rows are there.
std::string Deletes::find_there() const {
  return fmt::format("SELECT {} FROM {} AS t WHERE {} AND {} ORDER BY {}", as_text(key_), table_, is_one_of("$1"), is_there(), key_);
}

base::Result<void> Deletes::delete_rows(std::span<const std::string> keys, int64_t run, Outcome& outcome) {
  if (keys.empty()) return {};
  const std::string all = array_of(keys);
  const auto count = int64_t(keys.size());
  const int64_t done = TRY(soft() ? mark(all, run) : erase(all));
  // Fewer than were locked: one has gone with another (ON DELETE CASCADE), or it is still there, and nobody says so.
  std::vector<std::string> kept;
  if (done < count) kept = texts(TRY(connection_.query(find_there(), std::array{Cell::of(std::string_view(all))})));
  outcome.deleted += soft() ? count - int64_t(kept.size()) : done;
  const std::string& field = soft() ? entity_.deletes.column : target_.columns[0].column.name;
  for (std::string& key : kept) outcome.refused.push_back(kept_row(std::move(key), field));
  return {};
}

base::Result<int64_t> Deletes::erase(const std::string& keys) {
  return connection_.change(fmt::format("DELETE FROM {} AS t WHERE {} AND {}", table_, is_one_of("$1"), is_there()),
                            std::array{Cell::of(std::string_view(keys))});
}

/// How many rows bear a mark afterwards: a trigger may have taken it away again.
base::Result<int64_t> Deletes::mark(const std::string& keys, int64_t run) {
  const Cell array = Cell::of(std::string_view(keys));
  const record::Column& column = *target_.table.column(entity_.deletes.column);
  const std::string name = sql::quoted(column.name);
  const std::string_view now = sql::current_timestamp(connection_.dialect());
  TRY(connection_.change(fmt::format("UPDATE {} AS t SET {} = {}, synced_at = {} WHERE {} AND {}", table_, name,
                                     deletion_value(column, connection_.dialect()), now, is_one_of("$1"), is_there()),
                         std::array{array}));
  // Read back: a column may hold less than was written.
  return connection_.change(
      fmt::format("INSERT INTO {} (entity, account, key, value, deleted_at, run) SELECT CAST($2 AS text), CAST($3 AS text), {}, {}, {}, "
                  "CAST($4 AS bigint) FROM {} AS t WHERE {} ON CONFLICT "
                  "(entity, account, key) DO UPDATE SET value = excluded.value, deleted_at = excluded.deleted_at, run = excluded.run",
                  store_.names()("sync_seen"), as_text(key_), as_text("t." + name), now, table_,
                  is_one_of("$1") + " AND NOT (" + is_not_deleted(column) + ")" + and_of_account(target_, "t")),
      std::array{array, Cell::of(std::string_view(entity_.name)), Cell::of(std::string_view(entity_.account)), Cell::of(run)});
}

/// What is left in the end are single rows that the database keeps.
base::Result<void> Deletes::halve(std::span<const std::string> keys, int64_t run, Outcome& outcome) {
  if (keys.empty()) return {};
  TRY(connection_.execute("SAVEPOINT syncline_rows"));
  Outcome tried;
  base::Result<void> done = delete_rows(keys, run, tried);
  // SQLite judges only when it is asked what else would wait for COMMIT.
  if (done) done = connection_.check_deferred();
  if (done) {
    outcome.deleted += tried.deleted;
    std::move(tried.refused.begin(), tried.refused.end(), std::back_inserter(outcome.refused));
    return connection_.execute("RELEASE SAVEPOINT syncline_rows");
  }
  if (!sql::is_row_fault(done.error())) return base::fail(done.error());
  TRY(connection_.execute("ROLLBACK TO SAVEPOINT syncline_rows; RELEASE SAVEPOINT syncline_rows"));
  if (keys.size() == 1) {
    outcome.refused.push_back(refused_delete(keys[0], done.error()));
    return {};
  }
  const size_t middle = keys.size() / 2;
  TRY(halve(keys.first(middle), run, outcome));
  return halve(keys.subspan(middle), run, outcome);
}

}  // namespace syncline::load
