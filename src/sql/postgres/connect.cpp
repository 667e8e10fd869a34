// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/connect.hpp"

#include <fmt/format.h>

#include <poll.h>

#include <algorithm>
#include <array>

#include "sql/postgres/await.hpp"
#include "sql/postgres/postgres_error.hpp"
#include "sql/shared/error.hpp"

namespace syncline::sql::postgres {
namespace {

using std::chrono::steady_clock;

void ignore_notice(void*, const PGresult*) {}

struct FreeParts {
  void operator()(PQconninfoOption* parts) const { PQconninfoFree(parts); }
};
using Parts = std::unique_ptr<PQconninfoOption, FreeParts>;

std::string_view value_of(const Parts& parts, std::string_view keyword) {
  for (const PQconninfoOption* part = parts.get(); part && part->keyword; ++part) {
    if (part->keyword == keyword) return part->val ? part->val : "";
  }
  return {};
}

/// libpq's own words about a wrong URL repeat it with its password, so they are never shown. An unencoded @ or : in a password ends up in
/// the host or port, and would be shown as these when they are not found.
base::Result<void> check_url(const base::Secret& url) {
  const Parts parts(PQconninfoParse(url.reveal().c_str(), nullptr));
  const bool well_formed = parts && url.reveal().find('\0') == std::string::npos &&
                           value_of(parts, "host").find('@') == std::string_view::npos &&
                           value_of(parts, "port").find_first_not_of("0123456789,") == std::string_view::npos;
  if (well_formed) return {};
  base::Error error = database_error(sqlstate::CannotConnect,
                                     "the database URL is not of the form postgresql://user:password@host:port/database?option=value; "
                                     "characters such as @ : / # % in the password must be percent-encoded");
  error.kind = base::ErrorKind::BadConfig;
  return base::fail(std::move(error));
}

/// Defaults stand before the URL, so the URL's own words win; what we rely on stands behind it.
Handle start(const base::Secret& url, const ConnectOptions& options) {
  // A silent network is noticed after 5 + 3 × 2 seconds: without keepalives a reply that never comes is waited for for ever, and
  // tcp_user_timeout covers only what we have sent ourselves.
  const std::array<const char*, 10> names{"fallback_application_name",
                                          "keepalives",
                                          "keepalives_idle",
                                          "keepalives_interval",
                                          "keepalives_count",
                                          "tcp_user_timeout",
                                          "dbname",
                                          "client_encoding",
                                          nullptr,
                                          nullptr};
  const std::array<const char*, 10> values{
      options.application_name.c_str(), "1", "5", "2", "3", "10000", url.reveal().c_str(), "UTF8", nullptr, nullptr};
  return Handle(PQconnectStartParams(names.data(), values.data(), 1));
}

}  // namespace

base::Result<Handle> connect_to(const base::Secret& url, const ConnectOptions& options) {
  TRY(check_url(url));
  Handle connection = start(url, options);
  if (!connection) return base::fail(database_error("53200", "out of memory while connecting to the database"));
  // Remembers the password for redact(), also one from a password file or the environment.
  if (const char* password = PQpass(connection.get()); password && *password) base::Secret{std::string(password)};
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  PQsetNoticeReceiver(connection.get(), ignore_notice, nullptr);

  const auto deadline = steady_clock::now() + options.connect;
  PostgresPollingStatusType wants = PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (wants != PGRES_POLLING_OK) {
    if (wants == PGRES_POLLING_FAILED) return base::fail(connect_error(connection.get()));
    if (!wait_for_socket(connection.get(), wants == PGRES_POLLING_WRITING ? POLLOUT : POLLIN, deadline)) {
      return base::fail(
          database_error(sqlstate::CannotConnect, fmt::format("the database did not answer within {} ms", options.connect.count())));
    }
    wants = PQconnectPoll(connection.get());
  }
  PQsetErrorVerbosity(connection.get(), PQERRORS_DEFAULT);
  return connection;
}

}  // namespace syncline::sql::postgres
