// SPDX-License-Identifier: Apache-2.0
#include "support/tls_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace syncline::test {
namespace {

void must(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "tls test support: %s failed\n", what);
  std::abort();
}

/// Starts `openssl` with these arguments; its standard output goes to `output`, errors are dropped.
pid_t start_openssl(std::vector<std::string> arguments, int output) {
  arguments.insert(arguments.begin(), "openssl");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  pid_t process = -1;
  const int failed = posix_spawnp(&process, "openssl", &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  must(failed == 0, "starting openssl");
  return process;
}

void run_openssl(const std::vector<std::string>& arguments) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t process = start_openssl(arguments, nowhere);
  int status = 0;
  must(waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 0, ("openssl " + arguments.front()).c_str());
  close(nowhere);
}

}  // namespace

TestAuthority::TestAuthority() {
  const std::string folder = folder_.path().string();
  folder_.write("ca.cnf",
                "[ca]\ndefault_ca = own\n[own]\ndatabase = " + folder + "/index.txt\nserial = " + folder +
                    "/serial\nnew_certs_dir = " + folder +
                    "\ndefault_md = sha256\npolicy = any\ncopy_extensions = copy\nunique_subject = no\n[any]\ncommonName = supplied\n");
  folder_.write("index.txt", "");
  folder_.write("serial", "01\n");
  run_openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", folder + "/ca.key", "-out",
               folder + "/ca.pem", "-days", "3650", "-subj", "/CN=Test authority", "-addext", "basicConstraints=critical,CA:TRUE",
               "-addext", "keyUsage=critical,keyCertSign,cRLSign"});
}

TestAuthority::Certificate TestAuthority::issue(const std::string& subject_alt_name, const std::string& from,
                                                const std::string& until) const {
  std::string stem = (folder_.path() / "leaf-XXXXXX").string();
  must(mkdtemp(stem.data()) != nullptr, "mkdtemp");
  const std::filesystem::path leaf = stem;
  Certificate issued{.certificate = leaf / "cert.pem", .key = leaf / "key.pem"};
  run_openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", issued.key, "-out",
               leaf / "request.pem", "-subj", "/CN=server", "-addext", "subjectAltName=" + subject_alt_name});
  run_openssl({"ca", "-batch", "-notext", "-config", folder_.path() / "ca.cnf", "-cert", ca_file(), "-keyfile", folder_.path() / "ca.key",
               "-in", leaf / "request.pem", "-out", issued.certificate, "-startdate", from, "-enddate", until});
  return issued;
}

TlsServer::TlsServer(const TestAuthority::Certificate& certificate, const std::vector<std::string>& options) {
  int ends[2];
  must(pipe2(ends, O_CLOEXEC) == 0, "pipe");
  std::vector<std::string> arguments{"s_server", "-accept",      "127.0.0.1:0", "-www", "-cert", certificate.certificate,
                                     "-key",     certificate.key};
  arguments.insert(arguments.end(), options.begin(), options.end());
  process_ = start_openssl(arguments, ends[1]);
  close(ends[1]);

  // It prints "ACCEPT 127.0.0.1:PORT" once it listens.
  std::string said;
  char part[256];
  while (said.find("ACCEPT ") == std::string::npos || said.find('\n', said.find("ACCEPT ")) == std::string::npos) {
    const ssize_t count = read(ends[0], part, sizeof part);
    must(count > 0, "openssl s_server");
    said.append(part, size_t(count));
  }
  const std::string line = said.substr(said.find("ACCEPT "), said.find('\n', said.find("ACCEPT ")) - said.find("ACCEPT "));
  port_ = uint16_t(std::strtoul(line.c_str() + line.rfind(':') + 1, nullptr, 10));
  must(port_ != 0, "reading the port of openssl s_server");
  output_ = ends[0];  // stays open: whatever else it prints must not end it with SIGPIPE
}

TlsServer::~TlsServer() {
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
  close(output_);
}

}  // namespace syncline::test
