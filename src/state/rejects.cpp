// SPDX-License-Identifier: Apache-2.0
// The part of Store that keeps sync_reject.
#include <fmt/format.h>

#include <array>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "state/store.hpp"

namespace syncline::state {

using record::Cell;

namespace {

/// The text with each byte that `next` finds replaced. One pass, whatever a vendor sends.
std::string replaced(std::string_view text, size_t (*next)(std::string_view), std::string_view with) {
  std::string out;
  for (size_t bad = next(text); bad != std::string_view::npos; bad = next(text)) {
    out.append(text.substr(0, bad)).append(with);
    text.remove_prefix(bad + 1);
  }
  return out.append(text);
}

size_t nul_at(std::string_view text) { return text.find('\0'); }

/// What a text column of ours can hold: the offending value may be the very thing a database refuses. NUL is written as JSON does, a byte
/// that is no UTF-8 as U+FFFD.
std::string storable(std::string_view text) {
  return replaced(replaced(base::redact(text), nul_at, "\\u0000"), base::invalid_utf8_at, "\uFFFD");
}

}  // namespace

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
  const auto rows = TRY(connection_.query(fmt::format("SELECT id, run, entity, account, {}, stage, key, field, code, reason, "
                                                      "value, payload FROM {} WHERE run = {} ORDER BY id LIMIT $1",
                                                      shown_time("created_at"), table, wanted),
                                          parameters));
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

base::Result<std::vector<record::ErrorSummary>> Store::sum_rejects(int64_t run, const std::string& entity) {
  const auto rows = TRY(connection_.query(fmt::format("SELECT code, field, min(reason), count(*), min(key) FROM {} WHERE run = $1 AND "
                                                      "entity = $2 GROUP BY code, field ORDER BY count(*) DESC, code, field LIMIT 50",
                                                      names_("sync_reject")),
                                          std::array{Cell::of(run), Cell::of(entity)}));
  std::vector<record::ErrorSummary> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    out.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 2)), std::string(rows.text(i, 4)), rows.integer(i, 3)});
  }
  return out;
}

}  // namespace syncline::state
