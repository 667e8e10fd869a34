// SPDX-License-Identifier: Apache-2.0
#include "http/curl/error.hpp"

#include <gtest/gtest.h>

#include "base/secret.hpp"

namespace syncline::http {
namespace {

using base::ErrorKind;

TEST(CurlError, A17AHostNobodyKnowsIsTransientAndNothingWasSent) {
  const base::Error error = error_of(CURLE_COULDNT_RESOLVE_HOST, "Could not resolve host: api.example.com", Sent::No);
  EXPECT_EQ(error.kind, ErrorKind::Transient);
  EXPECT_EQ(error.code, "not_sent");
  EXPECT_EQ(base::exit_code_of(error), base::exit_code::Source);
}

TEST(CurlError, ATlsHandshakeThatWasCutIsTransient) {
  for (const char* detail :
       {"OpenSSL SSL_connect: Connection reset by peer in connection to h:443 ",
        "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to h:443 ", "error:0A000126:SSL routines::unexpected eof while reading",
        "error:0A000438:SSL routines::tlsv1 alert internal error"}) {
    EXPECT_EQ(error_of(CURLE_SSL_CONNECT_ERROR, detail, Sent::No).kind, ErrorKind::Transient) << detail;
  }
}

TEST(CurlError, ATlsHandshakeThatWasRefusedIsABadConfiguration) {
  for (const char* detail : {"error:0A000102:SSL routines::unsupported protocol", "error:0A00010B:SSL routines::wrong version number"}) {
    EXPECT_EQ(error_of(CURLE_SSL_CONNECT_ERROR, detail, Sent::No).kind, ErrorKind::BadConfig) << detail;
  }
  EXPECT_EQ(error_of(CURLE_PEER_FAILED_VERIFICATION, "", Sent::No).kind, ErrorKind::BadConfig);
}

TEST(CurlError, WhatMayHaveArrivedIsToldFromWhatNeverLeft) {
  EXPECT_EQ(error_of(CURLE_OPERATION_TIMEDOUT, "", Sent::No).code, "not_sent");
  EXPECT_EQ(error_of(CURLE_OPERATION_TIMEDOUT, "", Sent::Maybe).code, "deadline");
  EXPECT_EQ(error_of(CURLE_GOT_NOTHING, "", Sent::Maybe).code, "no_answer");
  EXPECT_EQ(error_of(CURLE_PARTIAL_FILE, "", Sent::Maybe).code, "cut_answer");
}

TEST(CurlError, S11SecretsAndControlCharactersInCurlsTextAreNotPassedOn) {
  const base::Secret secret("canary-in-detail");
  const base::Error error = error_of(CURLE_RECV_ERROR, "bad thing canary-in-detail \x1b[2J", Sent::Maybe);
  EXPECT_EQ(error.message.find("canary"), std::string::npos);
  EXPECT_EQ(error.message.find('\x1b'), std::string::npos);
  EXPECT_FALSE(error_of(CURLE_READ_ERROR, "", Sent::Maybe).message.empty());
}

}  // namespace
}  // namespace syncline::http
