// SPDX-License-Identifier: Apache-2.0
#include "state/store.hpp"

#include <fmt/format.h>

#include <array>

#include "state/holder.hpp"

namespace syncline::state {
namespace {

using record::Cell;

/// The database's clock, `seconds` from now: leases of several machines are compared by one clock.
std::string moment(sql::Dialect dialect, std::chrono::seconds from_now) {
  if (dialect == sql::Dialect::Postgres) return fmt::format("(clock_timestamp() + interval '{} seconds')", from_now.count());
  return fmt::format("strftime('%Y-%m-%dT%H:%M:%f000Z','now','+{} seconds')", from_now.count());
}

constexpr int AttemptsMax = 4;

base::Error busy(const std::string& name, int64_t run) {
  return {base::ErrorKind::Busy,
          base::Side::Database,
          fmt::format("`{}` is being synced by run {}; wait for it, or look at `syncline log {}`", name, run, run),
          "busy",
          name,
          {}};
}

base::Error lease_lost(const Lease& lease) {
  return {base::ErrorKind::Busy,
          base::Side::Database,
          "another run has taken over `" + lease.name + "`: this one was silent for too long and stops; nothing of it is half done",
          "lease_lost",
          "",
          {}};
}

}  // namespace

std::string Store::shown_time(std::string_view column) const {
  if (names_.dialect() == sql::Dialect::Sqlite) return std::string(column);  // which is how it is stored
  return fmt::format(R"(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))", column);
}

base::Result<void> Store::repeated(const std::function<base::Result<void>()>& step) {
  for (int attempt = 1;; ++attempt) {
    auto done = step();
    if (done || attempt >= AttemptsMax) return done;
    const bool lost = sql::is_connection_lost(done.error());
    if (!lost && !sql::may_pass_again(done.error())) return done;
    if (lost) TRY(connection_.reconnect());
  }
}

base::Result<int64_t> Store::next_run() {
  const std::string next = fmt::format(
      "INSERT INTO {} AS l (name, epoch, holder, run, expires_at) VALUES ('runs', 1, '', 0, {}) "
      "ON CONFLICT (name) DO UPDATE SET epoch = l.epoch + 1 RETURNING epoch",
      names_("sync_lease"), moment(names_.dialect(), {}));
  int64_t run = 0;
  const auto numbered = repeated([&]() -> base::Result<void> {
    const auto rows = TRY(connection_.query(next));
    run = rows.integer(0, 0);
    return {};
  });
  if (!numbered) return base::fail(numbered.error());
  return run;
}

base::Result<Lease> Store::take_lease(const std::string& name, int64_t run) {
  const std::string table = names_("sync_lease");
  const std::string now = moment(names_.dialect(), std::chrono::seconds(0)), until = moment(names_.dialect(), LeaseDuration);
  const std::array by_name{Cell::of(name)};
  Lease lease{name, 0};
  std::string_view lock = names_.dialect() == sql::Dialect::Postgres ? " FOR UPDATE NOWAIT" : "";
  const auto take = [&]() -> base::Result<void> {
    TRY(connection_.begin());
    TRY(connection_.change(
        fmt::format("INSERT INTO {} (name, epoch, holder, run, expires_at) VALUES ($1, 0, '', 0, {}) ON CONFLICT (name) DO NOTHING", table,
                    now),
        by_name));
    const auto rows = TRY(connection_.query(
        fmt::format("SELECT epoch, holder, run, CASE WHEN expires_at > {} THEN 1 ELSE 0 END FROM {} WHERE name = $1{}", now, table, lock),
        by_name));
    const int64_t epoch = rows.integer(0, 0);
    const std::string_view holder = rows.text(0, 1);
    // The answer to the COMMIT of the try before was lost, but it was done.
    if (rows.integer(0, 2) == run && epoch == lease.epoch) {
      connection_.rollback();
      return {};
    }
    if (rows.integer(0, 3) == 1 && !holder.empty() && !holder_is_gone(holder)) return base::fail(busy(name, rows.integer(0, 2)));
    lease.epoch = epoch + 1;
    const std::string us = this_holder();
    TRY(connection_.change(fmt::format("UPDATE {} SET epoch = $2, holder = $3, run = $4, expires_at = {} WHERE name = $1", table, until),
                           std::array{Cell::of(name), Cell::of(lease.epoch), Cell::of(us), Cell::of(run)}));
    return connection_.commit();
  };
  const auto taken = repeated([&]() -> base::Result<void> {
    auto once = take();
    if (once) return once;
    connection_.rollback();
    if (once.error().code != "55P03" || names_.dialect() != sql::Dialect::Postgres) return once;
    // A holder that writes at this moment has its lease's row locked; the session of one that is gone will soon end.
    const auto holders = TRY(connection_.query(fmt::format("SELECT run, holder FROM {} WHERE name = $1", table), by_name));
    const int64_t holding = holders.empty() ? run : holders.integer(0, 0);
    const std::string_view holder = holders.empty() ? "" : holders.text(0, 1);
    if (holding != run && !holder.empty() && !holder_is_gone(holder)) return base::fail(busy(name, holding));
    lock = " FOR UPDATE";
    return once;
  });
  if (!taken) return base::fail(taken.error());
  return lease;
}

base::Result<void> Store::prove_lease(const Lease& lease) {
  const int64_t held = TRY(connection_.change(fmt::format("UPDATE {} SET expires_at = {} WHERE name = $1 AND epoch = $2",
                                                          names_("sync_lease"), moment(names_.dialect(), LeaseDuration)),
                                              std::array{Cell::of(lease.name), Cell::of(lease.epoch)}));
  if (held == 0) return base::fail(lease_lost(lease));
  return {};
}

base::Result<void> Store::renew_lease(const Lease& lease) {
  return repeated([&] { return prove_lease(lease); });
}

void Store::release_lease(const Lease& lease) {
  // A lease that cannot be given back runs out, or its holder is seen to be gone: nothing to report.
  (void)connection_.change(fmt::format("UPDATE {} SET holder = '', expires_at = {} WHERE name = $1 AND epoch = $2", names_("sync_lease"),
                                       moment(names_.dialect(), std::chrono::seconds(0))),
                           std::array{Cell::of(lease.name), Cell::of(lease.epoch)});
}

base::Result<Checkpoint> Store::read_checkpoint(const std::string& entity, const std::string& account, const std::string& stream) {
  const auto rows = TRY(connection_.query(
      fmt::format(
          "SELECT stream, cursor, CASE WHEN complete_at IS NULL THEN 0 ELSE 1 END, sweep_run, sweep_window_start, sweep_window_end, "
          "sweep_cursor, "
          "sweep_declared, position_next, position_read, position_last, position_last_page FROM {} WHERE entity = $1 AND account = $2",
          names_("sync_checkpoint")),
      std::array{Cell::of(entity), Cell::of(account)}));
  Checkpoint out{entity, account, stream, "", false, {}};
  // Another stream than last time: what was known does not speak of this one.
  if (rows.empty() || rows.text(0, 0) != stream) return out;
  out.cursor = rows.text(0, 1);
  out.completed = rows.integer(0, 2) == 1;
  if (rows.integer(0, 3) > 0) {
    out.sweep =
        Sweep{rows.integer(0, 3),           std::string(rows.text(0, 4)), std::string(rows.text(0, 5)), std::string(rows.text(0, 6)),
              rows.integer(0, 7),           std::string(rows.text(0, 8)), rows.integer(0, 9),           std::string(rows.text(0, 10)),
              std::string(rows.text(0, 11))};
  }
  return out;
}

base::Result<void> Store::write_checkpoint(const Checkpoint& checkpoint) {
  const Sweep sweep = checkpoint.sweep.value_or(Sweep{});
  const std::string now = moment(names_.dialect(), std::chrono::seconds(0));
  TRY(connection_.change(
      fmt::format("INSERT INTO {} AS c (entity, account, stream, cursor, complete_at, sweep_run, sweep_window_start, sweep_window_end, "
                  "sweep_cursor, sweep_declared, position_next, position_read, "
                  "position_last, position_last_page, updated_at) VALUES ($1, $2, $3, $4, {}, $5, $6, $7, $8, $9, $10, $11, $12, $13, {}) "
                  "ON CONFLICT (entity, account) DO UPDATE SET "
                  "stream = excluded.stream, cursor = excluded.cursor, complete_at = {}, sweep_run = excluded.sweep_run, "
                  "sweep_window_start = excluded.sweep_window_start, "
                  "sweep_window_end = excluded.sweep_window_end, sweep_cursor = excluded.sweep_cursor, sweep_declared = "
                  "excluded.sweep_declared, position_next = excluded.position_next, "
                  "position_read = excluded.position_read, position_last = excluded.position_last, position_last_page = "
                  "excluded.position_last_page, updated_at = excluded.updated_at",
                  names_("sync_checkpoint"), checkpoint.completed ? now : "NULL", now,
                  checkpoint.completed && !checkpoint.completes ? "COALESCE(c.complete_at, excluded.complete_at)" : "excluded.complete_at"),
      std::array{Cell::of(checkpoint.entity), Cell::of(checkpoint.account), Cell::of(checkpoint.stream), Cell::of(checkpoint.cursor),
                 Cell::of(sweep.run), Cell::of(sweep.window_start), Cell::of(sweep.window_end), Cell::of(sweep.cursor),
                 Cell::of(sweep.declared), Cell::of(sweep.next), Cell::of(sweep.read), Cell::of(sweep.last), Cell::of(sweep.last_page)}));
  return {};
}

}  // namespace syncline::state
