// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "support/temporary_folder.hpp"

namespace syncline::test {

/// A PostgreSQL server of one's own: the newest one Debian has installed, or the one whose programs are in the folder
/// SYNCLINE_TEST_POSTGRES; in a temporary folder, on a free port of 127.0.0.1, gone at the end (also when the test is killed). It runs as
/// an unprivileged user, as PostgreSQL insists, even when the tests run as root. With PgBouncer's program in SYNCLINE_TEST_POOLER, every
/// URL leads through it, in transaction mode.
class PostgresCluster {
 public:
  /// Why there can be no cluster ("package postgresql-15 is not installed"): then a test is skipped with these words. Empty if there can.
  static std::string missing();
  /// The one of this test program, started at the first call, which belongs on the main thread: the server ends with the thread.
  static PostgresCluster& shared();

  PostgresCluster();
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  /// The superuser's URL over TCP. Logins over TCP need a password.
  [[nodiscard]] std::string url(std::string_view database = "postgres") const;
  [[nodiscard]] std::string url(std::string_view database, std::string_view user, std::string_view password) const;
  /// A new empty database; its name begins with `name` and is unique. Returns its URL.
  [[nodiscard]] std::string create_database(std::string_view name);
  /// Runs SQL with psql, each statement by itself; ends the process if one fails.
  void execute(std::string_view database, std::string_view sql) const;

  [[nodiscard]] int port() const { return port_; }
  /// The server's first process.
  [[nodiscard]] pid_t pid() const { return server_; }

 private:
  void start_pooler();

  TemporaryFolder folder_;
  int port_ = 0;
  int client_port_ = 0;  ///< the pooler's, if there is one
  pid_t server_ = -1;
  pid_t pooler_ = -1;
  int databases_ = 0;
};

}  // namespace syncline::test
