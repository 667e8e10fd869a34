// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/temporary_folder.hpp"

namespace syncline::test {

/// A certificate authority of the test's own, made by the `openssl` command in a temporary folder.
class TestAuthority {
 public:
  TestAuthority();

  struct Certificate {
    std::filesystem::path certificate, key;
  };
  /// A certificate for the name ("DNS:localhost", "IP:127.0.0.1"), valid from `from` to `until` (YYYYMMDDHHMMSSZ).
  [[nodiscard]] Certificate issue(const std::string& subject_alt_name, const std::string& from = "20200101000000Z",
                                  const std::string& until = "20991231235959Z") const;
  /// The authority's own certificate, PEM.
  [[nodiscard]] std::filesystem::path ca_file() const { return folder_.path() / "ca.pem"; }

 private:
  TemporaryFolder folder_;
};

/// A TLS server on a free port of 127.0.0.1 that answers any GET with 200 and a page (`openssl s_server -www`), until the end of its life.
class TlsServer {
 public:
  TlsServer(const TestAuthority::Certificate& certificate, const std::vector<std::string>& options);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  [[nodiscard]] uint16_t port() const { return port_; }

 private:
  pid_t process_ = -1;
  int output_ = -1;
  uint16_t port_ = 0;
};

}  // namespace syncline::test
