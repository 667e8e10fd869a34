// SPDX-License-Identifier: Apache-2.0
#include "http/curl/error.hpp"

#include <fmt/format.h>

#include "base/secret.hpp"
#include "base/text.hpp"

namespace syncline::http {
namespace {

using base::ErrorKind;
using base::Side;

base::Error error(ErrorKind kind, Side side, std::string_view code, std::string message) {
  return {.kind = kind, .side = side, .message = std::move(message), .code = std::string(code), .subject = {}, .retry_after = {}};
}

/// curl has one code for a handshake that was cut and one that was refused; OpenSSL's own errors begin with "error:".
bool handshake_was_refused(std::string_view detail) {
  const bool cut = detail.find("unexpected eof") != std::string_view::npos || detail.find("internal error") != std::string_view::npos;
  return detail.find("error:") != std::string_view::npos && !cut;
}

}  // namespace

base::Error error_of(CURLcode code, std::string_view detail, Sent sent) {
  const std::string text = base::shown(base::redact(detail.empty() ? std::string_view(curl_easy_strerror(code)) : detail), 300);
  const auto transient = [&](std::string_view word, std::string_view what) {
    return error(ErrorKind::Transient, Side::Source, sent == Sent::No ? "not_sent" : word, fmt::format("{} ({})", what, text));
  };
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return error(
          ErrorKind::BadConfig, Side::Source, "tls_not_verified",
          fmt::format(
              "the server could not prove who it is, so nothing was sent ({}); check the host name, and set `network.ca_file` if a private "
              "authority signed its certificate",
              text));
    case CURLE_SSL_CONNECT_ERROR:
      if (!handshake_was_refused(text)) return transient("no_answer", "the connection ended while TLS was being set up");
      return error(ErrorKind::BadConfig, Side::Source, "tls_refused",
                   fmt::format("no TLS connection of version 1.2 or newer could be agreed ({}); check the URL's scheme and port", text));
    case CURLE_SSL_CACERT_BADFILE:
      return error(ErrorKind::BadConfig, Side::Files, "ca_file",
                   fmt::format("the authorities' certificates could not be read ({}); check `network.ca_file`", text));
    case CURLE_URL_MALFORMAT:
      return error(ErrorKind::BadConfig, Side::Files, "malformed_url", fmt::format("this is not a URL we can use ({})", text));
    case CURLE_UNSUPPORTED_PROTOCOL:  // the scheme was checked before: this is an answer that is not HTTP/1
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return error(ErrorKind::ContractDrift, Side::Source, "malformed_answer",
                   fmt::format("what came back is not an HTTP answer ({})", text));
    case CURLE_COULDNT_RESOLVE_HOST:
      return transient("not_sent", "the host's address was not found");
    case CURLE_COULDNT_CONNECT:
      return transient("not_sent", "no connection could be made");
    case CURLE_OPERATION_TIMEDOUT:
      return transient("deadline", "no whole answer came in time");
    case CURLE_GOT_NOTHING:
      return transient("no_answer", "the connection was closed before any answer");
    case CURLE_PARTIAL_FILE:
      return transient("cut_answer", "the answer ended before its declared length");
    case CURLE_SEND_ERROR:
      return transient("no_answer", "the connection ended while the request was being sent");
    case CURLE_RECV_ERROR:
      return transient("cut_answer", "the connection ended before the answer was whole");
    case CURLE_OUT_OF_MEMORY:
      return error(ErrorKind::Fatal, Side::Us, "out_of_memory", "not enough memory for the exchange");
    default:
      return error(ErrorKind::Fatal, Side::Source, "transport", fmt::format("the exchange failed ({})", text));
  }
}

}  // namespace syncline::http
