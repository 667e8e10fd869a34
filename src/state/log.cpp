// SPDX-License-Identifier: Apache-2.0
// The part of Store that keeps sync_log: one row per run and entity, its counters moving with the rows they count.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "state/store.hpp"

namespace syncline::state {
namespace {

using record::Cell;
using record::Counters;

struct CounterColumn {
  std::string_view name;
  int64_t Counters::*value;
};

/// sync_log's counters that are the ledger's.
constexpr std::array<CounterColumn, 18> LedgerColumns{{{"fetched", &Counters::fetched},
                                                       {"mapped", &Counters::mapped},
                                                       {"filtered", &Counters::filtered},
                                                       {"undecodable", &Counters::undecodable},
                                                       {"rows_made", &Counters::rows},
                                                       {"inserted", &Counters::inserted},
                                                       {"updated", &Counters::updated},
                                                       {"unchanged", &Counters::unchanged},
                                                       {"adopted", &Counters::adopted},
                                                       {"stale", &Counters::stale},
                                                       {"duplicate", &Counters::duplicate},
                                                       {"rejected", &Counters::rejected},
                                                       {"waiting", &Counters::waiting},
                                                       {"deleted", &Counters::deleted},
                                                       {"local_edits", &Counters::local_edits},
                                                       {"restamped", &Counters::restamped},
                                                       {"unlinked", &Counters::unlinked},
                                                       {"unmatched", &Counters::unmatched}}};

/// A column of sync_log that the report gives a value for.
struct LogValue {
  std::string_view column;
  Cell value;
};

/// `errors_text` must outlive the values.
std::vector<LogValue> log_values(const record::EntityReport& report, const std::string& errors_text) {
  std::vector<LogValue> out;
  for (const CounterColumn& counter : LedgerColumns) out.push_back({counter.name, Cell::of(report.counters.*counter.value)});
  out.push_back({"rows_synced", Cell::of(report.counters.rows_synced())});
  out.push_back({"errors_count", Cell::of(report.rejects())});
  out.push_back({"requests", Cell::of(report.requests)});
  out.push_back({"bytes", Cell::of(report.bytes)});
  out.push_back({"retries", Cell::of(report.retries)});
  out.push_back({"transactions", Cell::of(report.transactions)});
  out.push_back({"waited_ms", Cell::of(int64_t(report.waited.count()))});
  out.push_back({"auth_method", Cell::of(report.auth_method)});
  out.push_back({"window_start", Cell::of(report.window_start)});
  out.push_back({"window_end", Cell::of(report.window_end)});
  out.push_back({"checkpoint", Cell::of(report.checkpoint)});
  out.push_back({"complete", Cell::of(report.complete)});
  out.push_back({"note", Cell::of(report.note)});
  out.push_back({"exit_code", Cell::of(int64_t(report.exit_code))});
  out.push_back({"errors", Cell::of(errors_text)});
  return out;
}

std::string errors_as_json(const std::vector<record::ErrorSummary>& errors) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const record::ErrorSummary& e : errors)
    out.push_back({{"code", e.code}, {"message", e.message}, {"count", e.count}, {"example", e.example}});
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// The table is open to anyone's hands: what is not as we wrote it is left out.
std::vector<record::ErrorSummary> errors_of_json(std::string_view text) {
  std::vector<record::ErrorSummary> out;
  const auto list = nlohmann::json::parse(text, nullptr, false);
  if (!list.is_array()) return out;
  for (const auto& e : list) {
    const auto word = [&](const char* name) {
      return e.contains(name) && e[name].is_string() ? e[name].get<std::string>() : std::string();
    };
    if (!e.is_object()) continue;
    const bool counted = e.contains("count") && e["count"].is_number_integer();
    out.push_back({word("code"), word("message"), word("example"), counted ? e["count"].get<int64_t>() : 0});
  }
  return out;
}

std::string now_of(sql::Dialect dialect) { return std::string(sql::current_timestamp(dialect)); }

/// Kept nowhere: a run of which nothing is known but its beginning has taken no time yet.
std::chrono::milliseconds time_between(std::string_view started_at, std::string_view completed_at) {
  const auto started = base::parse_timestamp(started_at), completed = base::parse_timestamp(completed_at);
  if (!started || !completed) return std::chrono::milliseconds(0);
  return std::chrono::duration_cast<std::chrono::milliseconds>(*completed - *started);
}

}  // namespace

base::Result<void> Store::begin_log(int64_t run, const record::EntityReport& report) {
  // The lease is ours, so a row that still says «running» belongs to a run that died.
  const std::string interrupt =
      fmt::format("UPDATE {} SET status = 'interrupted', completed_at = {} WHERE entity = $1 AND account = $2 AND status = 'running'",
                  names_("sync_log"), now_of(names_.dialect()));
  const auto interrupted = repeated([&]() -> base::Result<void> {
    TRY(connection_.change(interrupt, std::array{Cell::of(report.entity), Cell::of(report.account)}));
    return {};
  });
  return interrupted ? insert_log(run, report, "running", "NULL") : interrupted;
}

base::Result<void> Store::log_unbegun(int64_t run, const record::EntityReport& report, std::string_view status) {
  return insert_log(run, report, status, now_of(names_.dialect()));
}

base::Result<void> Store::insert_log(int64_t run, const record::EntityReport& report, std::string_view status,
                                     std::string_view completed_at) {
  const std::string errors = errors_as_json(report.errors);
  std::string columns = "run, entity, account, stream, status, started_at, completed_at",
              places = fmt::format("$1, $2, $3, $4, $5, {}, {}", now_of(names_.dialect()), completed_at);
  std::vector<Cell> parameters{Cell::of(run), Cell::of(report.entity), Cell::of(report.account), Cell::of(report.stream), Cell::of(status)};
  for (const LogValue& value : log_values(report, errors)) {
    parameters.push_back(value.value);
    columns += fmt::format(", {}", value.column);
    places += fmt::format(", ${}", parameters.size());
  }
  const std::string insert = fmt::format("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING", names_("sync_log"), columns, places);
  return repeated([&]() -> base::Result<void> {
    TRY(connection_.change(insert, parameters));
    return {};
  });
}

base::Result<void> Store::update_log(int64_t run, const record::EntityReport& report) {
  TRY(set_log(run, report, "running", "NULL", "true"));
  return {};
}

base::Result<int64_t> Store::transactions_of(int64_t run, const std::string& entity, const std::string& account) {
  const auto rows = TRY(connection_.query(fmt::format("SELECT transactions FROM {} WHERE run = $1 AND entity = $2 AND account = $3{}",
                                                      names_("sync_log"), names_.dialect() == sql::Dialect::Postgres ? " FOR UPDATE" : ""),
                                          std::array{Cell::of(run), Cell::of(entity), Cell::of(account)}));
  return rows.empty() ? 0 : rows.integer(0, 0);
}

base::Result<void> Store::end_log(int64_t run, const record::EntityReport& report, std::string_view status) {
  const std::string now = now_of(names_.dialect()), known = fmt::format("transactions = {}", report.transactions);
  const std::string errors = errors_as_json(report.errors);
  const std::string words = fmt::format(
      "UPDATE {} SET status = $3, completed_at = {}, note = $4, exit_code = $5, errors = $6 WHERE run = $1 AND entity = $2 AND account = "
      "$7",
      names_("sync_log"), now);
  return repeated([&]() -> base::Result<void> {
    const int64_t told = TRY(set_log(run, report, status, now, known));
    if (told > 0) return {};
    TRY(connection_.change(words, std::array{Cell::of(run), Cell::of(report.entity), Cell::of(status), Cell::of(report.note),
                                             Cell::of(int64_t(report.exit_code)), Cell::of(errors), Cell::of(report.account)}));
    return {};
  });
}

base::Result<int64_t> Store::set_log(int64_t run, const record::EntityReport& report, std::string_view status,
                                     std::string_view completed_at, std::string_view condition) {
  const std::string errors = errors_as_json(report.errors);
  std::vector<Cell> parameters{Cell::of(run), Cell::of(report.entity), Cell::of(status), Cell::of(report.account)};
  std::string assignments = fmt::format("status = $3, completed_at = {}", completed_at);
  for (const LogValue& value : log_values(report, errors)) {
    parameters.push_back(value.value);
    assignments += fmt::format(", {} = ${}", value.column, parameters.size());
  }
  return connection_.change(
      fmt::format("UPDATE {} SET {} WHERE run = $1 AND entity = $2 AND account = $4 AND {}", names_("sync_log"), assignments, condition),
      parameters);
}

base::Result<std::vector<LogEntry>> Store::read_log(std::optional<int64_t> run, int64_t runs_max) {
  const std::string table = names_("sync_log");
  std::string columns = fmt::format(
      "run, entity, account, stream, status, {}, {}, requests, bytes, retries, waited_ms, transactions, auth_method, window_start, "
      "window_end, checkpoint, "
      "CASE WHEN complete THEN 1 ELSE 0 END, note, exit_code, errors, errors_count",
      shown_time("started_at"), shown_time("completed_at"));
  const size_t counters_at = 21;
  for (const CounterColumn& counter : LedgerColumns) columns += fmt::format(", {}", counter.name);
  const std::string wanted =
      run ? "run = $1"
          : fmt::format("run >= (SELECT min(run) FROM (SELECT DISTINCT run FROM {} ORDER BY run DESC LIMIT $1) AS newest)", table);
  const auto rows = TRY(
      connection_.query(fmt::format("SELECT {} FROM {} WHERE {} ORDER BY run DESC, started_at, entity, account", columns, table, wanted),
                        std::array{Cell::of(run.value_or(runs_max))}));
  std::vector<LogEntry> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    LogEntry entry{rows.integer(i, 0), std::string(rows.text(i, 4)), std::string(rows.text(i, 5)), std::string(rows.text(i, 6)), {}};
    record::EntityReport& report = entry.report;
    report.took = time_between(entry.started_at, entry.completed_at);
    report.entity = rows.text(i, 1);
    report.account = rows.text(i, 2);
    report.stream = rows.text(i, 3);
    report.requests = rows.integer(i, 7);
    report.bytes = rows.integer(i, 8);
    report.retries = rows.integer(i, 9);
    report.waited = std::chrono::milliseconds(rows.integer(i, 10));
    report.transactions = rows.integer(i, 11);
    report.auth_method = rows.text(i, 12);
    report.window_start = rows.text(i, 13);
    report.window_end = rows.text(i, 14);
    report.checkpoint = rows.text(i, 15);
    report.complete = rows.integer(i, 16) == 1;
    report.note = rows.text(i, 17);
    report.exit_code = int(rows.integer(i, 18));
    report.errors = errors_of_json(rows.text(i, 19));
    for (size_t c = 0; c < LedgerColumns.size(); ++c) report.counters.*LedgerColumns[c].value = rows.integer(i, counters_at + c);
    report.not_deleted = std::max(int64_t(0), rows.integer(i, 20) - report.rejects());
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace syncline::state
