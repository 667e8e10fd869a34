// SPDX-License-Identifier: Apache-2.0
#include "state/tables.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace syncline::state {
namespace {

using record::Column;
using record::ColumnType;

enum class Null { No, Yes };

Column column(std::string name, ColumnType type, Null null = Null::No) {
  Column out;
  out.name = std::move(name);
  out.type = type;
  out.nullable = null == Null::Yes;
  return out;
}

std::vector<Column> counters() {
  std::vector<Column> out;
  for (const char* name :
       {"fetched",     "mapped",       "filtered", "undecodable", "rows_made", "inserted",    "updated",     "unchanged", "adopted",
        "stale",       "duplicate",    "rejected", "waiting",     "deleted",   "local_edits", "restamped",   "unlinked",  "unmatched",
        "rows_synced", "errors_count", "requests", "bytes",       "retries",   "waited_ms",   "transactions"})
    out.push_back(column(name, ColumnType::Integer));
  return out;
}

std::vector<Column> with_counters(std::vector<Column> before, const std::vector<Column>& after) {
  for (Column& counter : counters()) before.push_back(std::move(counter));
  before.insert(before.end(), after.begin(), after.end());
  return before;
}

std::vector<OwnTable> make_own_tables() {
  using T = ColumnType;
  return {
      {"sync_migration",
       "migrations that have been applied",
       {column("number", T::Integer), column("name", T::Text), column("checksum", T::Text), column("applied_at", T::Timestamp)},
       {"number"},
       ""},
      {"sync_lease",
       "who is syncing what; `epoch` fences a holder that has lost it",
       {column("name", T::Text), column("epoch", T::Integer), column("holder", T::Text), column("run", T::Integer),
        column("expires_at", T::Timestamp)},
       {"name"},
       ""},
      {"sync_log",
       "one row per run, entity and account; its counters commit with the rows they count",
       with_counters(
           {column("run", T::Integer), column("entity", T::Text), column("account", T::Text), column("stream", T::Text),
            column("status", T::Text), column("started_at", T::Timestamp), column("completed_at", T::Timestamp, Null::Yes)},
           {column("auth_method", T::Text), column("window_start", T::Text), column("window_end", T::Text), column("checkpoint", T::Text),
            column("complete", T::Boolean), column("note", T::Text), column("exit_code", T::Integer), column("errors", T::Text)}),
       {"run", "entity", "account"},
       ""},
      {"sync_checkpoint",
       "where a stream resumes: commits with the rows it speaks of. `cursor` is from complete sweeps, sweep_* and position_* from one "
       "under way",
       {column("entity", T::Text), column("account", T::Text), column("stream", T::Text), column("cursor", T::Text),
        column("complete_at", T::Timestamp, Null::Yes), column("sweep_run", T::Integer), column("sweep_window_start", T::Text),
        column("sweep_window_end", T::Text), column("sweep_cursor", T::Text), column("sweep_declared", T::Integer),
        column("position_next", T::Text), column("position_read", T::Integer), column("position_last", T::Text),
        column("position_last_page", T::Text), column("updated_at", T::Timestamp)},
       {"entity", "account"},
       ""},
      {"sync_seen",
       "rows that we have deleted softly, and the value they were given: a record that comes back clears that one only",
       {column("entity", T::Text), column("account", T::Text), column("key", T::Text), column("value", T::Text),
        column("deleted_at", T::Timestamp), column("run", T::Integer)},
       {"entity", "account", "key"},
       ""},
      {"sync_adopted",
       "by which natural key (its hash) a record has adopted a row that was there before: another record with the same one gets no twin",
       {column("entity", T::Text), column("account", T::Text), column("hash", T::Integer), column("key", T::Text)},
       {"entity", "account", "hash"},
       ""},
      {"sync_reject",
       "records and rows that could not land, with the reason; replayable",
       {column("id", T::Integer), column("run", T::Integer), column("entity", T::Text), column("account", T::Text),
        column("stage", T::Text), column("key", T::Text), column("field", T::Text), column("code", T::Text), column("reason", T::Text),
        column("value", T::Text), column("payload", T::Text), column("created_at", T::Timestamp)},
       {"id"},
       "id"},
      {"sync_waiting",
       "rows that wait for a parent (kind `row`), and rows whose link is still to be made (kind `link`); tried again by each run",
       {column("entity", T::Text), column("account", T::Text), column("key", T::Text), column("kind", T::Text), column("field", T::Text),
        column("looked_for", T::Text), column("version", T::Text), column("payload", T::Text), column("run", T::Integer),
        column("since", T::Timestamp)},
       {"entity", "account", "key"},
       ""},
  };
}

std::string_view type_of(ColumnType type, sql::Dialect dialect) {
  const bool postgres = dialect == sql::Dialect::Postgres;
  if (type == ColumnType::Integer) return postgres ? "bigint" : "INTEGER";
  if (type == ColumnType::Boolean) return postgres ? "boolean" : "INTEGER";
  if (type == ColumnType::Timestamp) return postgres ? "timestamptz" : "TEXT";
  return postgres ? "text" : "TEXT";
}

}  // namespace

const std::vector<OwnTable>& own_tables() {
  static const std::vector<OwnTable> tables = make_own_tables();
  return tables;
}

record::TableName TableNames::in_catalog(std::string_view table) const {
  return {dialect_ == sql::Dialect::Postgres ? "syncline" : "", prefix_ + std::string(table)};
}

bool is_not_ours(const OwnTable& table, size_t columns_missing) { return columns_missing * 2 > table.columns.size(); }

std::string not_ours(std::string_view name, std::string_view column_missing) {
  return fmt::format("{} is there, but it is not ours (it has no column `{}`): write `tables_prefix: syncline_` in syncline.yaml", name,
                     column_missing);
}

std::string add_column_statement(const OwnTable& table, const Column& column, const TableNames& names) {
  const bool postgres = names.dialect() == sql::Dialect::Postgres;
  const std::string_view none = column.type == ColumnType::Integer               ? "0"
                                : column.type == ColumnType::Boolean && postgres ? "false"
                                : column.type == ColumnType::Boolean             ? "0"
                                                                                 : "''";
  return fmt::format("ALTER TABLE {} ADD COLUMN {} {}{};", names(table.name), sql::quoted(column.name),
                     type_of(column.type, names.dialect()), column.nullable ? "" : fmt::format(" NOT NULL DEFAULT {}", none));
}

std::string create_statement(const OwnTable& table, const TableNames& names) {
  std::vector<std::string> parts;
  for (const Column& c : table.columns) {
    const bool identity = c.name == table.identity;
    std::string_view extra = c.nullable ? "" : " NOT NULL";
    if (identity) extra = names.dialect() == sql::Dialect::Postgres ? " GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY" : " PRIMARY KEY";
    parts.push_back(fmt::format("  {} {}{}", sql::quoted(c.name), type_of(c.type, names.dialect()), extra));
  }
  if (table.identity.empty()) {
    std::vector<std::string> key;
    for (const std::string& name : table.primary_key) key.push_back(sql::quoted(name));
    parts.push_back(fmt::format("  PRIMARY KEY ({})", base::joined(key, ", ")));
  }
  return fmt::format("CREATE TABLE IF NOT EXISTS {} (  -- {}\n{}\n){};", names(table.name), table.help, base::joined(parts, ",\n"),
                     names.dialect() == sql::Dialect::Sqlite ? " STRICT" : "");
}

}  // namespace syncline::state
