// SPDX-License-Identifier: Apache-2.0
#include "support/postgres_cluster.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <thread>
#include <vector>

namespace syncline::test {
namespace {

constexpr std::string_view Superuser = "syncline", Password = "test-only-password";
constexpr int StartAttempts = 5;
constexpr std::chrono::milliseconds StartLimit{60'000}, StartPoll{20};

[[noreturn]] void give_up(std::string_view what, const std::filesystem::path& log) {
  std::fprintf(stderr, "PostgreSQL for tests: %.*s\n", int(what.size()), what.data());
  std::ifstream lines(log);
  for (std::string line; std::getline(lines, line);) std::fprintf(stderr, "  %s\n", line.c_str());
  std::abort();
}

/// /usr/lib/postgresql/<newest>/bin; empty if there is none.
std::filesystem::path debian_programs() {
  std::filesystem::path newest;
  int version_max = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version <= version_max || !std::filesystem::exists(entry.path() / "bin/initdb", ignored)) continue;
    version_max = version;
    newest = entry.path() / "bin";
  }
  return newest;
}

/// Where initdb and postgres are.
std::filesystem::path programs() {
  const char* const chosen = std::getenv("SYNCLINE_TEST_POSTGRES");
  return chosen && *chosen ? std::filesystem::path(chosen) : debian_programs();
}

struct User {
  uid_t user;
  gid_t group;
};

/// Whom the server runs as; nullopt: as we do.
std::optional<User> unprivileged_user() {
  if (geteuid() != 0) return std::nullopt;
  const passwd* entry = getpwnam("postgres");
  if (!entry) entry = getpwnam("nobody");
  if (!entry) give_up("no unprivileged user to run it as", {});
  return User{entry->pw_uid, entry->pw_gid};
}

int free_port() {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (socket_fd < 0 || bind(socket_fd, reinterpret_cast<sockaddr*>(&address), size) != 0) give_up("no free port", {});
  getsockname(socket_fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(socket_fd);
  return ntohs(address.sin_port);
}

/// Starts a program in a folder, its output in a file. It ends when the calling thread does, by `SIGQUIT`: at once, with its own children.
pid_t start(const std::vector<std::string>& words, const std::filesystem::path& folder, const std::filesystem::path& log) {
  const std::optional<User> user = unprivileged_user();
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) give_up("fork failed", {});
  if (child > 0) return child;

  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (user && (setgroups(0, nullptr) != 0 || setgid(user->group) != 0 || setuid(user->user) != 0)) _exit(126);
  // Behind setuid, which would undo it; and whoever died before this line sends no signal.
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (getppid() != parent || chdir(folder.c_str()) != 0) _exit(126);
  execv(arguments[0], arguments.data());
  _exit(127);
}

void run(const std::vector<std::string>& words, const std::filesystem::path& folder) {
  const std::filesystem::path log = folder / "program.log";
  const pid_t child = start(words, folder, log);
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) give_up(words[0] + " failed", log);
}

/// Whether somebody takes connections there.
bool listens(int port) {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(uint16_t(port));
  const bool taken = connect(socket_fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(socket_fd);
  return taken;
}

/// The server writes "ready" into the eighth line of this file when it takes connections; pg_ctl waits for the same.
bool is_ready(const std::filesystem::path& data) {
  std::ifstream file(data / "postmaster.pid");
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (number == 8) return line.starts_with("ready");
  }
  return false;
}

}  // namespace

std::string PostgresCluster::missing() { return debian_programs().empty() ? "package postgresql-15 is not installed" : ""; }

PostgresCluster& PostgresCluster::shared() {
  static PostgresCluster cluster;
  return cluster;
}

PostgresCluster::PostgresCluster() {
  const std::filesystem::path bin = programs(), data = folder_.path() / "data", log = folder_.path() / "server.log";
  if (bin.empty()) give_up(missing(), {});
  const std::filesystem::path password_file = folder_.write("password", Password);
  if (const std::optional<User> user = unprivileged_user()) {
    for (const std::filesystem::path& path : {folder_.path(), password_file}) {
      if (chown(path.c_str(), user->user, user->group) != 0) give_up("chown failed", {});
    }
  }
  run({bin / "initdb", "--pgdata", data, "--username", std::string(Superuser), "--pwfile", password_file, "--auth-local", "trust",
       "--auth-host", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"},
      folder_.path());

  // Between our look and the server's start another program may take the port.
  for (int attempt = 1; attempt <= StartAttempts; ++attempt) {
    port_ = free_port();
    server_ = start({bin / "postgres", "-D", data, "-p", std::to_string(port_), "-k", folder_.path(), "-c", "listen_addresses=127.0.0.1",
                     "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "shared_buffers=32MB", "-c",
                     "max_connections=50"},
                    folder_.path(), log);
    const auto deadline = std::chrono::steady_clock::now() + StartLimit;
    while (waitpid(server_, nullptr, WNOHANG) == 0) {
      if (is_ready(data)) {
        start_pooler();
        return;
      }
      if (std::chrono::steady_clock::now() > deadline) give_up("the server did not start in time", log);
      std::this_thread::sleep_for(StartPoll);
    }
  }
  give_up("the server does not start", log);
}

/// Connections are set up anew for each of a pooler's own; what a database's settings say would come too late for those it has.
void PostgresCluster::start_pooler() {
  client_port_ = port_;
  const char* const program = std::getenv("SYNCLINE_TEST_POOLER");
  if (!program || !*program) return;
  const std::filesystem::path users = folder_.write("users", "\"" + std::string(Superuser) + "\" \"" + std::string(Password) + "\"\n");
  for (int attempt = 1; attempt <= StartAttempts; ++attempt) {
    client_port_ = free_port();
    const std::filesystem::path settings = folder_.write(
        "pooler.ini", "[databases]\n* = host=127.0.0.1 port=" + std::to_string(port_) +
                          " connect_query='SET search_path = public'\n[pgbouncer]\npool_mode = transaction\nserver_idle_timeout = 1\n"
                          "listen_addr = 127.0.0.1\nunix_socket_dir =\nlisten_port = " +
                          std::to_string(client_port_) + "\nauth_type = scram-sha-256\nauth_file = " + users.string() + "\n");
    if (const std::optional<User> user = unprivileged_user()) {
      for (const std::filesystem::path& path : {users, settings}) {
        if (chown(path.c_str(), user->user, user->group) != 0) give_up("chown failed", {});
      }
    }
    pooler_ = start({program, settings}, folder_.path(), folder_.path() / "pooler.log");
    const auto deadline = std::chrono::steady_clock::now() + StartLimit;
    while (waitpid(pooler_, nullptr, WNOHANG) == 0) {
      if (listens(client_port_)) return;
      if (std::chrono::steady_clock::now() > deadline) break;
      std::this_thread::sleep_for(StartPoll);
    }
  }
  give_up("the pooler does not start", folder_.path() / "pooler.log");
}

PostgresCluster::~PostgresCluster() {
  if (pooler_ > 0) {
    kill(pooler_, SIGQUIT);
    waitpid(pooler_, nullptr, 0);
  }
  kill(server_, SIGQUIT);
  waitpid(server_, nullptr, 0);
}

std::string PostgresCluster::url(std::string_view database) const { return url(database, Superuser, Password); }

std::string PostgresCluster::url(std::string_view database, std::string_view user, std::string_view password) const {
  std::string out = "postgresql://";
  return out.append(user)
      .append(":")
      .append(password)
      .append("@127.0.0.1:")
      .append(std::to_string(client_port_))
      .append("/")
      .append(database);
}

std::string PostgresCluster::create_database(std::string_view name) {
  const std::string unique = std::string(name) + "_" + std::to_string(++databases_);
  execute("postgres", "CREATE DATABASE \"" + unique + "\"");
  return url(unique);
}

void PostgresCluster::execute(std::string_view database, std::string_view sql) const {
  run({debian_programs() / "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--host", folder_.path(), "--port",
       std::to_string(port_), "--username", std::string(Superuser), "--dbname", std::string(database), "--command", std::string(sql)},
      folder_.path());
}

}  // namespace syncline::test
