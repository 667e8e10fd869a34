// SPDX-License-Identifier: Apache-2.0
// The part of Store that keeps sync_reject.
#include <fmt/format.h>

#include <array>

#include "state/payloads.hpp"
#include "state/storable.hpp"
#include "state/store.hpp"

namespace syncline::state {

using record::Cell;

base::Result<void> Store::add_rejects(int64_t run, const std::string& entity, const std::string& account,
                                      const std::vector<record::Reject>& rejects) {
  const std::string insert = fmt::format(
      "INSERT INTO {} (run, entity, account, stage, key, field, code, reason, value, payload, created_at) VALUES ($1, $2, $3, $4, $5, $6, "
      "$7, $8, $9, $10, {})",
      names_("sync_reject"), sql::current_timestamp(names_.dialect()));
  for (const record::Reject& reject : rejects) {
    const std::string key = storable(reject.key), field = storable(reject.field), reason = storable(reject.reason),
                      value = storable(reject.value), payload = storable(reject.payload);
    TRY(connection_.change(
        insert, std::array{Cell::of(run), Cell::of(entity), Cell::of(account), Cell::of(reject.stage), Cell::of(key), Cell::of(field),
                           Cell::of(reject.code), Cell::of(reason), Cell::of(value), Cell::of(payload)}));
  }
  return {};
}

base::Result<std::vector<StoredReject>> Store::read_rejects(std::optional<int64_t> run, int64_t entries_max) {
  const std::string table = names_("sync_reject");
  std::vector<Cell> parameters{Cell::of(entries_max)};
  if (run) parameters.push_back(Cell::of(*run));
  const std::string wanted = run ? "$2" : fmt::format("(SELECT max(run) FROM {})", table);
  const auto rows = TRY(
      connection_.query(fmt::format("SELECT {} FROM {} WHERE run = {} ORDER BY id LIMIT $1", reject_columns(), table, wanted), parameters));
  return stored_rejects(rows);
}

std::string Store::reject_columns() const {
  return fmt::format("id, run, entity, account, {}, stage, key, field, code, reason, value, payload", shown_time("created_at"));
}

std::vector<StoredReject> Store::stored_rejects(const sql::Rows& rows) {
  std::vector<StoredReject> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto text = [&](size_t column) { return std::string(rows.text(i, column)); };
    out.push_back({rows.integer(i, 0),
                   rows.integer(i, 1),
                   text(2),
                   text(3),
                   text(4),
                   {text(5), text(6), text(7), text(8), text(9), text(10), text(11)}});
  }
  return out;
}

base::Result<void> Store::renew_reject(int64_t id, const record::Reject& reject) {
  const std::string field = storable(reject.field), reason = storable(reject.reason), value = storable(reject.value);
  TRY(connection_.change(
      fmt::format("UPDATE {} SET stage = $2, field = $3, code = $4, reason = $5, value = $6 WHERE id = $1", names_("sync_reject")),
      std::array{Cell::of(id), Cell::of(reject.stage), Cell::of(field), Cell::of(reject.code), Cell::of(reason), Cell::of(value)}));
  return {};
}

base::Result<void> Store::remove_reject(int64_t id) {
  TRY(connection_.change(fmt::format("DELETE FROM {} WHERE id = $1", names_("sync_reject")), std::array{Cell::of(id)}));
  return {};
}

base::Result<std::vector<StoredReject>> Store::read_rejects_of(int64_t run, const std::string& entity, const std::string& account,
                                                               int64_t after, int64_t entries_max) {
  const std::string found = payloads_at_once(
      "id", names_("sync_reject"), "run = $1 AND entity = $2 AND account = $3 AND id > $4 AND stage <> 'delete'", "$5", names_.dialect());
  const auto rows =
      TRY(connection_.query(fmt::format("SELECT {} FROM {} WHERE id IN ({}) ORDER BY id", reject_columns(), names_("sync_reject"), found),
                            std::array{Cell::of(run), Cell::of(entity), Cell::of(account), Cell::of(after), Cell::of(entries_max)}));
  return stored_rejects(rows);
}

base::Result<std::vector<std::string>> Store::entities_with_rejects(int64_t run) {
  const auto rows = TRY(connection_.query(
      fmt::format("SELECT DISTINCT entity FROM {} WHERE run = $1 AND stage <> 'delete' ORDER BY entity", names_("sync_reject")),
      std::array{Cell::of(run)}));
  std::vector<std::string> out;
  for (size_t i = 0; i < rows.size(); ++i) out.emplace_back(rows.text(i, 0));
  return out;
}

base::Result<int64_t> Store::count_delete_rejects(int64_t run) {
  const auto rows = TRY(connection_.query(fmt::format("SELECT count(*) FROM {} WHERE run = $1 AND stage = 'delete'", names_("sync_reject")),
                                          std::array{Cell::of(run)}));
  return rows.integer(0, 0);
}

base::Result<std::string> Store::set_aside_after(const StoredReject& reject) {
  if (reject.reject.key.empty()) return std::string();
  const auto rejects = TRY(connection_.query(
      fmt::format("SELECT run FROM {} WHERE entity = $1 AND account = $2 AND key = $3 AND id > $4 ORDER BY id DESC LIMIT 1",
                  names_("sync_reject")),
      std::array{Cell::of(reject.entity), Cell::of(reject.account), Cell::of(reject.reject.key), Cell::of(reject.id)}));
  if (!rejects.empty()) return fmt::format("a reject of run {}", rejects.integer(0, 0));
  const auto waiting = TRY(connection_.query(
      fmt::format("SELECT 1 FROM {} WHERE entity = $1 AND account = $2 AND key = $3 AND kind = 'row' AND since >= {}",
                  names_("sync_waiting"), names_.dialect() == sql::Dialect::Postgres ? "$4::text::timestamptz" : "$4"),
      std::array{Cell::of(reject.entity), Cell::of(reject.account), Cell::of(reject.reject.key), Cell::of(reject.created_at)}));
  return waiting.empty() ? std::string() : std::string("a row that waits");
}

base::Result<std::vector<record::ErrorSummary>> Store::sum_rejects(int64_t run, const std::string& entity, const std::string& account) {
  const auto rows =
      TRY(connection_.query(fmt::format("SELECT code, field, min(reason), count(*), min(key) FROM {} WHERE run = $1 AND "
                                        "entity = $2 AND account = $3 GROUP BY code, field ORDER BY count(*) DESC, code, field LIMIT 50",
                                        names_("sync_reject")),
                            std::array{Cell::of(run), Cell::of(entity), Cell::of(account)}));
  std::vector<record::ErrorSummary> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    out.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 2)), std::string(rows.text(i, 4)), rows.integer(i, 3)});
  }
  return out;
}

}  // namespace syncline::state
