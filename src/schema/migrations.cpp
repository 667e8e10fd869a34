// SPDX-License-Identifier: Apache-2.0
#include "schema/migrations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "schema/durable_file.hpp"
#include "schema/script.hpp"

namespace syncline::schema {
namespace {

using record::Cell;

/// Any number will do, as long as every migrator of ours takes the same one ("syncline" in ASCII).
constexpr int64_t MigrationLock = 0x73796e636c696e65;

/// Whoever waits for a table's lock keeps everybody behind it waiting, readers too: so each wait is short. Together they are as long as the
/// session may wait for one.
constexpr int64_t LockWaitMilliseconds = 200;

base::Error file_error(const std::filesystem::path& file, std::string message) {
  return {base::ErrorKind::BadConfig, base::Side::Files, fmt::format("{}: {}", file.filename().string(), message), "migration", "", {}};
}

std::string_view dialect_name(sql::Dialect dialect) { return dialect == sql::Dialect::Postgres ? "postgresql" : "sqlite"; }

/// Tells an edited file from the applied one; it guards against mistakes, not against malice.
std::string checksum_of(std::string_view text) { return fmt::format("{:016x}", base::hash_of(text)); }

/// The dialect a file of ours was written for; "" in the user's own files.
std::string_view declared_dialect(std::string_view text) {
  constexpr std::string_view mark = "-- dialect: ";
  const size_t at = text.find(mark);
  if (at == std::string_view::npos) return "";
  const size_t end = text.find('\n', at);
  return text.substr(at + mark.size(), end - at - mark.size());
}

base::Result<bool> is_there(state::Store& store) {
  return TRY(store.connection().describe(store.names().in_catalog("sync_migration"))).has_value();
}

base::Result<sql::Rows> applied(state::Store& store, int64_t number) {
  return store.connection().query(fmt::format("SELECT name, checksum FROM {} WHERE number = $1", store.names()("sync_migration")),
                                  std::array{Cell::of(number)});
}

/// The greatest number this database has seen, also of another project's files or of a folder that is lost; 0 if none.
base::Result<int64_t> last_applied(state::Store& store) {
  if (!TRY(is_there(store))) return 0;
  return TRY(store.connection().query(fmt::format("SELECT max(number) FROM {}", store.names()("sync_migration")))).integer(0, 0);
}

/// One change as it stands in a file of ours.
std::string text_of(const SchemaChange& change) { return fmt::format("\n-- {}\n{}\n", change.what, change.sql); }

base::Result<void> check_unchanged(state::Store& store, const Migration& migration, const sql::Rows& row) {
  if (row.text(0, 1) == migration.checksum) return {};
  if (row.text(0, 0) != migration.name) {
    return base::fail(
        {base::ErrorKind::ContractDrift,
         base::Side::Files,
         fmt::format("migrations/{}: this database has applied another file under the number {}, {} (of another project, or of a "
                     "folder that is lost): rename yours to begin with {:03}",
                     migration.name, migration.number, row.text(0, 0), TRY(last_applied(store)) + 1),
         "migration_number_taken",
         "",
         {}});
  }
  return base::fail(
      {base::ErrorKind::ContractDrift,
       base::Side::Files,
       fmt::format(
           "migrations/{} has changed since it was applied (as {}): restore it, and put what is new into a file with the next number",
           migration.name, row.text(0, 0)),
       "migration_changed",
       "",
       {}});
}

/// The user's own file may be the first of all: then the record of files comes with it.
base::Result<void> create_record(state::Store& store) {
  sql::Connection& connection = store.connection();
  // IF NOT EXISTS would need the right to create it also when it is there.
  if (connection.dialect() == sql::Dialect::Postgres &&
      TRY(connection.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'syncline'")).empty())
    TRY(connection.execute("CREATE SCHEMA syncline"));
  for (const state::OwnTable& table : state::own_tables()) {
    if (table.name == "sync_migration") TRY(connection.execute(state::create_statement(table, store.names())));
  }
  return {};
}

base::Error with_advice(base::Error error) {
  if (error.code == "55P03")
    error.message += "; another session works with the table: nothing was applied, run `syncline migrate` again when that one is done";
  if (error.code == "42501")
    error.message += "; nothing was applied: have it run by the tables' owner, who may also create a schema in this database";
  return error;
}

/// Whether an SQLSTATE speaks of the statement and what it does, not of the database's state, of rights, or of who else is at work.
bool is_of_statement(std::string_view code) {
  constexpr std::array<std::string_view, 12> Groups{"0A", "21", "22", "23", "2B", "2F", "34", "39", "3B", "3F", "42", "P0"};
  return code != "42501" && std::find(Groups.begin(), Groups.end(), code.substr(0, 2)) != Groups.end();
}

/// A file that the user wrote can be mended; ours is right, and what is in its way is in the tables.
base::Error of_file(base::Error error, const Migration& migration) {
  if (!is_of_statement(error.code) || !declared_dialect(migration.text).empty()) return error;
  error.kind = base::ErrorKind::BadConfig;
  error.side = base::Side::Files;
  error.message += "; nothing of the file was applied: mend it, and run `syncline migrate` again";
  return error;
}

base::Result<void> execute(state::Store& store, const Migration& migration) {
  auto done = store.connection().execute(migration.text);
  if (done) return done;
  return base::fail(of_file(std::move(done).error(), migration).within("migrations/" + migration.name));
}

/// Where no lock keeps migrators apart, what fails may have failed because another one has just done it.
base::Result<bool> another_applied(state::Store& store, const Migration& migration) {
  sql::Connection& connection = store.connection();
  if (connection.dialect() != sql::Dialect::Postgres || connection.capabilities().advisory_locks) return false;
  const auto there = is_there(store);
  if (!there || !*there) return false;
  const auto row = applied(store, migration.number);
  return row && !row->empty() && row->text(0, 1) == migration.checksum;
}

/// Part of a transaction: from here on a lock is waited for only briefly. How many such waits the session's own lock_timeout allows.
base::Result<int64_t> wait_briefly(sql::Connection& connection) {
  if (connection.dialect() != sql::Dialect::Postgres) return 1;
  const int64_t allowed = TRY(connection.query("SELECT setting FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'")).integer(0, 0);
  if (allowed <= LockWaitMilliseconds) return 1;
  TRY(connection.execute(fmt::format("SET LOCAL lock_timeout = {}", LockWaitMilliseconds)));
  return allowed / LockWaitMilliseconds;
}

base::Result<bool> apply_in_transaction(state::Store& store, const Migration& migration) {
  sql::Connection& connection = store.connection();
  if (TRY(is_there(store))) {
    const sql::Rows row = TRY(applied(store, migration.number));
    if (!row.empty()) {
      TRY(check_unchanged(store, migration, row));
      return false;
    }
  } else {
    TRY_WITHIN("migrations/" + migration.name, create_record(store));
  }
  TRY(execute(store, migration));
  TRY(connection.change(fmt::format("INSERT INTO {} (number, name, checksum, applied_at) VALUES ($1, $2, $3, {})",
                                    store.names()("sync_migration"), sql::current_timestamp(connection.dialect())),
                        std::array{Cell::of(migration.number), Cell::of(migration.name), Cell::of(migration.checksum)}));
  TRY(connection.commit());
  return true;
}

}  // namespace

base::Result<std::vector<Migration>> read_migrations(const std::filesystem::path& folder) {
  std::vector<Migration> out;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    const std::filesystem::path& file = entry.path();
    std::error_code unknown;
    if (file.extension() != ".sql" || entry.is_directory(unknown)) continue;
    Migration migration;
    migration.name = file.filename().string();
    const auto [end, failed] = std::from_chars(migration.name.data(), migration.name.data() + migration.name.size(), migration.number);
    if (failed != std::errc() || migration.number < 1)
      return base::fail(file_error(file, "a migration's name begins with its number, as in 002_more_columns.sql"));
    std::ifstream in(file, std::ios::binary);
    migration.text.assign(std::istreambuf_iterator<char>(in), {});
    if (!in) return base::fail(file_error(file, "cannot be read"));
    migration.checksum = checksum_of(migration.text);
    out.push_back(std::move(migration));
  }
  std::sort(out.begin(), out.end(), [](const Migration& a, const Migration& b) { return a.number < b.number; });
  for (size_t i = 1; i < out.size(); ++i) {
    if (out[i].number == out[i - 1].number)
      return base::fail(file_error(out[i].name, fmt::format("has the same number as {}", out[i - 1].name)));
  }
  return out;
}

base::Result<Migration> save_plan(state::Store& store, const std::filesystem::path& folder, const Plan& plan) {
  const auto there = TRY(read_migrations(folder));
  const sql::Dialect dialect = store.connection().dialect();
  Migration migration;
  migration.number = std::max(there.empty() ? 0 : there.back().number, TRY(last_applied(store))) + 1;
  migration.name = fmt::format("{:03}_sync_schema.sql", migration.number);
  migration.text =
      fmt::format("-- {}: written by syncline from what the database lacked; applied once, in one transaction.\n-- dialect: {}\n",
                  migration.name, dialect_name(dialect));
  for (const SchemaChange& change : plan.changes) migration.text += text_of(change);
  migration.checksum = checksum_of(migration.text);
  TRY(write_durably(folder / migration.name, migration.text));
  return migration;
}

base::Result<std::vector<Migration>> pending(state::Store& store, const std::vector<Migration>& migrations) {
  if (!TRY(is_there(store))) return migrations;
  std::vector<Migration> out;
  for (const Migration& migration : migrations) {
    const sql::Rows row = TRY(applied(store, migration.number));
    if (row.empty()) {
      out.push_back(migration);
    } else {
      TRY(check_unchanged(store, migration, row));
    }
  }
  return out;
}

std::vector<std::string> take_out_pending(Plan& plan, const std::vector<Migration>& pending, sql::Dialect dialect) {
  std::vector<std::string> names;
  for (const Migration& migration : pending) {
    if (declared_dialect(migration.text) != dialect_name(dialect)) continue;
    const size_t taken =
        std::erase_if(plan.changes, [&](const SchemaChange& change) { return migration.text.find(text_of(change)) != std::string::npos; });
    if (taken > 0) names.push_back(migration.name);
  }
  return names;
}

base::Result<void> begin_alone(state::Store& store) {
  sql::Connection& connection = store.connection();
  if (auto begun = connection.begin(); !begun) return base::fail(with_advice(std::move(begun).error()));
  if (!connection.capabilities().advisory_locks) return {};
  auto locked = connection.query(fmt::format("SELECT pg_advisory_xact_lock({})", MigrationLock));
  if (locked) return {};
  connection.rollback();
  return base::fail(with_advice(std::move(locked).error()));
}

base::Result<bool> apply(state::Store& store, const Migration& migration) {
  const std::string_view written_for = declared_dialect(migration.text);
  if (!written_for.empty() && written_for != dialect_name(store.connection().dialect())) {
    return base::fail(file_error(
        migration.name,
        fmt::format(
            "was written for {}, and this database is {}: keep it in another folder, `syncline migrate` writes one for this database",
            written_for, dialect_name(store.connection().dialect()))));
  }
  if (const std::string statement = transaction_statement(migration.text); !statement.empty()) {
    return base::fail(file_error(
        migration.name,
        fmt::format("take out `{}`: each file is applied in a transaction already, all of it or nothing", base::shown(statement, 60))));
  }
  for (int64_t waits = 1;; ++waits) {
    TRY_WITHIN("migrations/" + migration.name, begin_alone(store));
    const auto waits_max = wait_briefly(store.connection());
    auto applied_now = waits_max ? apply_in_transaction(store, migration) : base::Result<bool>(base::fail(waits_max.error()));
    if (applied_now && *applied_now) return true;
    store.connection().rollback();
    if (applied_now || TRY(another_applied(store, migration))) return false;
    const bool again = waits_max && waits < *waits_max && applied_now.error().code == "55P03";
    if (!again) return base::fail(with_advice(std::move(applied_now).error()));
  }
}

}  // namespace syncline::schema
