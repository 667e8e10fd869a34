// SPDX-License-Identifier: Apache-2.0
// The part of Store that keeps sync_log: one row per run and entity, its counters moving with the rows they count.
#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
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
constexpr std::array<CounterColumn, 14> LedgerColumns{{{"fetched", &Counters::fetched},
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
                                                       {"deleted", &Counters::deleted}}};

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
  out.push_back({"errors_count", Cell::of(report.counters.rejected + report.counters.undecodable)});
  out.push_back({"requests", Cell::of(report.requests)});
  out.push_back({"bytes", Cell::of(report.bytes)});
  out.push_back({"retries", Cell::of(report.retries)});
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
  std::vector<std::string> parts;
  for (const auto& e : errors)
    parts.push_back(fmt::format(R"({{"code":{},"message":{},"count":{},"example":{}}})", base::json_quoted(e.code),
                                base::json_quoted(e.message), e.count, base::json_quoted(e.example)));
  return "[" + base::joined(parts, ",") + "]";
}

std::string now_of(sql::Dialect dialect) { return std::string(sql::current_timestamp(dialect)); }

}  // namespace

base::Result<void> Store::begin_log(int64_t run, const record::EntityReport& report) {
  // The lease is ours, so a row that still says «running» belongs to a run that died.
  TRY(connection_.change(
      fmt::format("UPDATE {} SET status = 'interrupted', completed_at = {} WHERE entity = $1 AND account = $2 AND status = 'running'",
                  names_("sync_log"), now_of(names_.dialect())),
      std::array{Cell::of(report.entity), Cell::of(report.account)}));
  const std::string errors = errors_as_json(report.errors);
  std::string columns = "run, entity, account, stream, status, started_at",
              places = "$1, $2, $3, $4, 'running', " + now_of(names_.dialect());
  std::vector<Cell> parameters{Cell::of(run), Cell::of(report.entity), Cell::of(report.account), Cell::of(report.stream)};
  for (const LogValue& value : log_values(report, errors)) {
    parameters.push_back(value.value);
    columns += fmt::format(", {}", value.column);
    places += fmt::format(", ${}", parameters.size());
  }
  TRY(connection_.change(fmt::format("INSERT INTO {} ({}) VALUES ({})", names_("sync_log"), columns, places), parameters));
  return {};
}

base::Result<void> Store::update_log(int64_t run, const record::EntityReport& report) { return set_log(run, report, "running", "NULL"); }

base::Result<void> Store::end_log(int64_t run, const record::EntityReport& report, std::string_view status) {
  return set_log(run, report, status, now_of(names_.dialect()));
}

base::Result<void> Store::set_log(int64_t run, const record::EntityReport& report, std::string_view status, std::string_view completed_at) {
  const std::string errors = errors_as_json(report.errors);
  std::vector<Cell> parameters{Cell::of(run), Cell::of(report.entity), Cell::of(status)};
  std::string assignments = fmt::format("status = $3, completed_at = {}", completed_at);
  for (const LogValue& value : log_values(report, errors)) {
    parameters.push_back(value.value);
    assignments += fmt::format(", {} = ${}", value.column, parameters.size());
  }
  TRY(connection_.change(fmt::format("UPDATE {} SET {} WHERE run = $1 AND entity = $2", names_("sync_log"), assignments), parameters));
  return {};
}

base::Result<std::vector<LogEntry>> Store::read_log(std::optional<int64_t> run, int64_t entries_max) {
  std::string columns =
      "run, entity, account, stream, status, started_at, completed_at, requests, bytes, retries, waited_ms, auth_method, window_start, "
      "window_end, checkpoint, "
      "CASE WHEN complete THEN 1 ELSE 0 END, note, exit_code";
  const size_t counters_at = 18;
  for (const CounterColumn& counter : LedgerColumns) columns += fmt::format(", {}", counter.name);
  std::vector<Cell> parameters{Cell::of(entries_max)};
  if (run) parameters.push_back(Cell::of(*run));
  const auto rows = TRY(connection_.query(fmt::format("SELECT {} FROM {} {} ORDER BY run DESC, started_at, entity LIMIT $1", columns,
                                                      names_("sync_log"), run ? "WHERE run = $2" : ""),
                                          parameters));
  std::vector<LogEntry> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    LogEntry entry{rows.integer(i, 0), std::string(rows.text(i, 4)), std::string(rows.text(i, 5)), std::string(rows.text(i, 6)), {}};
    record::EntityReport& report = entry.report;
    report.entity = rows.text(i, 1);
    report.account = rows.text(i, 2);
    report.stream = rows.text(i, 3);
    report.requests = rows.integer(i, 7);
    report.bytes = rows.integer(i, 8);
    report.retries = rows.integer(i, 9);
    report.waited = std::chrono::milliseconds(rows.integer(i, 10));
    report.auth_method = rows.text(i, 11);
    report.window_start = rows.text(i, 12);
    report.window_end = rows.text(i, 13);
    report.checkpoint = rows.text(i, 14);
    report.complete = rows.integer(i, 15) == 1;
    report.note = rows.text(i, 16);
    report.exit_code = int(rows.integer(i, 17));
    for (size_t c = 0; c < LedgerColumns.size(); ++c) report.counters.*LedgerColumns[c].value = rows.integer(i, counters_at + c);
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace syncline::state
