// SPDX-License-Identifier: Apache-2.0
// The part of Store that keeps sync_waiting.
#include <fmt/format.h>

#include <array>

#include "state/payloads.hpp"
#include "state/storable.hpp"
#include "state/store.hpp"

namespace syncline::state {

using record::Cell;

namespace {

std::string_view word_of(WaitingRow::Kind kind) { return kind == WaitingRow::Kind::Row ? "row" : "link"; }
WaitingRow::Kind kind_of(std::string_view word) { return word == "link" ? WaitingRow::Kind::Link : WaitingRow::Kind::Row; }

WaitingRow row_of(const sql::Rows& rows, size_t i) {
  const auto text = [&](size_t column) { return std::string(rows.text(i, column)); };
  return {text(0), text(1), text(2), kind_of(rows.text(i, 3)), text(4), text(5), text(6), text(7), rows.integer(i, 8), text(9)};
}

}  // namespace

base::Result<std::vector<std::string>> Store::waiting_keys(const std::string& entity, const std::string& account, const std::string& after,
                                                           int64_t keys_max) {
  const auto rows = TRY(connection_.query(
      fmt::format("SELECT key FROM {} WHERE entity = $1 AND account = $2 AND key > $3 ORDER BY key LIMIT $4", names_("sync_waiting")),
      std::array{Cell::of(entity), Cell::of(account), Cell::of(after), Cell::of(keys_max)}));
  std::vector<std::string> out;
  for (size_t i = 0; i < rows.size(); ++i) out.emplace_back(rows.text(i, 0));
  return out;
}

std::string Store::waiting_columns() const {
  return fmt::format("entity, account, key, kind, field, looked_for, version, payload, run, {}", shown_time("since"));
}

base::Result<std::optional<WaitingRow>> Store::read_waiting(const std::string& entity, const std::string& account, const std::string& key) {
  const auto rows = TRY(connection_.query(
      fmt::format("SELECT {} FROM {} WHERE entity = $1 AND account = $2 AND key = $3", waiting_columns(), names_("sync_waiting")),
      std::array{Cell::of(entity), Cell::of(account), Cell::of(key)}));
  return rows.empty() ? std::nullopt : std::optional(row_of(rows, 0));
}

base::Result<std::vector<WaitingRow>> Store::list_waiting(const std::string& entity, const std::string& account, WaitingRow::Kind kind,
                                                          const std::string& after, int64_t entries_max) {
  const std::string found =
      payloads_at_once("key", names_("sync_waiting"), "entity = $1 AND account = $2 AND kind = $3 AND key > $4", "$5", names_.dialect());
  const auto rows = TRY(
      connection_.query(fmt::format("SELECT {} FROM {} WHERE entity = $1 AND account = $2 AND key IN ({}) ORDER BY key", waiting_columns(),
                                    names_("sync_waiting"), found),
                        std::array{Cell::of(entity), Cell::of(account), Cell::of(word_of(kind)), Cell::of(after), Cell::of(entries_max)}));
  std::vector<WaitingRow> out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back(row_of(rows, i));
  return out;
}

base::Result<WaitingSum> Store::sum_waiting(const std::string& entity, const std::string& account, WaitingRow::Kind kind) {
  const auto rows = TRY(connection_.query(
      fmt::format(
          "SELECT field, looked_for, count(*), sum(count(*)) OVER () FROM {} WHERE entity = $1 AND account = $2 AND kind = $3 GROUP BY "
          "field, looked_for ORDER BY count(*) DESC, field, looked_for LIMIT 3",
          names_("sync_waiting")),
      std::array{Cell::of(entity), Cell::of(account), Cell::of(word_of(kind))}));
  WaitingSum out;
  for (size_t i = 0; i < rows.size(); ++i) {
    out.rows = rows.integer(i, 3);
    out.most.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), rows.integer(i, 2)});
  }
  return out;
}

base::Result<void> Store::put_waiting(const WaitingRow& row) {
  const bool postgres = names_.dialect() == sql::Dialect::Postgres;
  const std::string looked_for = storable(row.looked_for), payload = storable(row.payload);
  TRY(connection_.change(
      fmt::format(
          "INSERT INTO {} (entity, account, key, kind, field, looked_for, version, payload, run, since) VALUES ($1, $2, $3, $4, $5, $6, "
          "$7, $8, $9, COALESCE(NULLIF($10{}, ''){}, {})) ON CONFLICT (entity, account, key) DO UPDATE SET kind = excluded.kind, field "
          "= excluded.field, looked_for = excluded.looked_for, version = excluded.version, payload = excluded.payload, run = "
          "excluded.run, since = excluded.since",
          names_("sync_waiting"), postgres ? "::text" : "", postgres ? "::timestamptz" : "", sql::current_timestamp(names_.dialect())),
      std::array{Cell::of(row.entity), Cell::of(row.account), Cell::of(row.key), Cell::of(word_of(row.kind)), Cell::of(row.field),
                 Cell::of(looked_for), Cell::of(row.version), Cell::of(payload), Cell::of(row.run), Cell::of(row.since)}));
  return {};
}

base::Result<void> Store::remove_waiting(const std::string& entity, const std::string& account, const std::string& key) {
  TRY(connection_.change(fmt::format("DELETE FROM {} WHERE entity = $1 AND account = $2 AND key = $3", names_("sync_waiting")),
                         std::array{Cell::of(entity), Cell::of(account), Cell::of(key)}));
  return {};
}

base::Result<bool> Store::remove_waiting_row(const std::string& entity, const std::string& account, const std::string& key) {
  return TRY(connection_.change(
             fmt::format("DELETE FROM {} WHERE entity = $1 AND account = $2 AND key = $3 AND kind = 'row'", names_("sync_waiting")),
             std::array{Cell::of(entity), Cell::of(account), Cell::of(key)})) > 0;
}

}  // namespace syncline::state
