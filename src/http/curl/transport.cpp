// SPDX-License-Identifier: Apache-2.0
#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>

#include "base/text.hpp"
#include "http/curl/address.hpp"
#include "http/curl/answer.hpp"
#include "http/curl/error.hpp"
#include "http/transport.hpp"
#include "http/url/url.hpp"

namespace syncline::http {
namespace {

using base::ErrorKind;
using base::Side;

struct MultiCleanup {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Multi = std::unique_ptr<CURLM, MultiCleanup>;
using Easy = std::unique_ptr<CURL, EasyCleanup>;
using List = std::unique_ptr<curl_slist, ListCleanup>;

base::Error error(ErrorKind kind, Side side, std::string_view code, std::string message) {
  return {.kind = kind, .side = side, .message = std::move(message), .code = std::string(code), .subject = {}, .retry_after = {}};
}

/// Whom the sockets of one exchange were opened for.
struct Dialer {
  bool allow_private = false;
  std::string refused;  ///< the last address that was, empty: none
};

curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* address) {
  auto& dialer = *static_cast<Dialer*>(context);
  if (!dialer.allow_private && !is_public_address(address->addr)) {
    dialer.refused = shown_address(address->addr);
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

size_t take_header(char* data, size_t size, size_t count, void* context) {
  return static_cast<IncomingAnswer*>(context)->take_header_line({data, size * count}) ? size * count : 0;
}

size_t take_body(char* data, size_t size, size_t count, void* context) {
  return static_cast<IncomingAnswer*>(context)->take_body({data, size * count}) ? size * count : 0;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '\t' || (uint8_t(c) >= 0x20 && c != 0x7F); });
}

bool has_field(const Request& request, std::string_view name) {
  const auto is_it = [&](const auto& field) { return base::equals_ignoring_case(field.first, name); };
  return std::any_of(request.headers.begin(), request.headers.end(), is_it) ||
         std::any_of(request.credentials.begin(), request.credentials.end(), is_it);
}

/// A method that may reach the server twice without another effect than once.
bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

base::Result<void> check_request(const Request& request) {
  if (!origin_of(request.url)) {
    return base::fail(
        error(ErrorKind::BadConfig, Side::Files, "malformed_url",
              "this is not a URL we can use: it needs http:// or https://, a plain host name, no user or password, no blanks"));
  }
  if (!is_token(request.method))
    return base::fail(error(ErrorKind::BadConfig, Side::Files, "method", "the request's method is not a word"));
  for (const Headers* headers : {&request.headers, &request.credentials}) {
    for (const auto& [name, value] : *headers) {
      if (is_token(name) && is_field_value(value)) continue;
      return base::fail(error(ErrorKind::BadConfig, Side::Files, "header",
                              fmt::format("header `{}` holds a line break or another control character; check the value it is made from",
                                          base::shown(name, 60))));
    }
  }
  return {};
}

/// The transport by libcurl: one multi handle, so that a stop token wakes the wait at once, and one easy handle in it at a time. The multi
/// handle owns the kept connections.
class CurlTransport final : public Transport {
 public:
  CurlTransport(Multi multi, Easy easy, const Network& network, const Deadlines& deadlines, const SizeLimits& sizes)
      : multi_(std::move(multi)), easy_(std::move(easy)), network_(network), deadlines_(deadlines), sizes_(sizes) {}

  base::Result<Response> exchange(const Request& request, std::stop_token stop) override;

 private:
  List header_list(const Request& request);
  void set_request(const Request& request, const curl_slist* headers);
  void set_network(Dialer& dialer);
  void set_answer(IncomingAnswer& answer);
  /// Runs the transfer to its end; nullopt if the stop token came first.
  std::optional<CURLcode> perform(std::stop_token stop);
  base::Error failure(CURLcode code, const Dialer& dialer, const IncomingAnswer& answer);
  [[nodiscard]] Sent sent() const;

  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_.get(), option, value);
  }

  const Multi multi_;
  const Easy easy_;
  const Network network_;
  const Deadlines deadlines_;
  const SizeLimits sizes_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
};

base::Result<Response> CurlTransport::exchange(const Request& request, std::stop_token stop) {
  const std::string where = base::shown(request.method, 20) + " " + shown_url(request.url);
  if (auto checked = check_request(request); !checked) return base::fail(std::move(checked).error().within(where));
  IncomingAnswer answer(sizes_);
  Dialer dialer{.allow_private = network_.allow_private, .refused = {}};
  const List headers = header_list(request);
  detail_.front() = '\0';
  set_request(request, headers.get());
  set_network(dialer);
  set_answer(answer);

  const std::optional<CURLcode> code = perform(stop);
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  std::optional<base::Error> failed;
  if (!code) {
    failed = error(ErrorKind::Cancelled, Side::Us, "cancelled", "stopped before the answer was whole");
  } else if (*code != CURLE_OK || answer.problem()) {
    failed = failure(*code, dialer, answer);
  } else if (status < 200) {
    failed = error(ErrorKind::ContractDrift, Side::Source, "malformed_answer", fmt::format("the answer ended with status {}", status));
  }
  curl_easy_reset(easy_.get());  // forgets what pointed into this call; connections stay with the multi handle
  if (failed) return base::fail(std::move(*failed).within(where));
  return std::move(answer).take(int(status), request.url);
}

List CurlTransport::header_list(const Request& request) {
  List list;
  const auto add = [&](const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list.get(), line.c_str())) {
      list.release();
      list.reset(longer);
    }
  };
  for (const Headers* headers : {&request.headers, &request.credentials}) {
    // "Name;" is how curl is told to send an empty field.
    for (const auto& [name, value] : *headers) add(value.empty() ? name + ";" : name + ": " + value);
  }
  // What curl would add by itself is said by the caller or not at all.
  for (const char* name : {"Expect", "Content-Type"}) {
    if (!has_field(request, name)) add(std::string(name) + ":");
  }
  if (!has_field(request, "User-Agent")) add("User-Agent: syncline");
  return list;
}

void CurlTransport::set_request(const Request& request, const curl_slist* headers) {
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_HTTPHEADER, headers);
  if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
    set(CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.data());
  }
  if (request.method != "GET" && request.method != "HEAD") set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "GET" && !request.body.empty()) set(CURLOPT_CUSTOMREQUEST, "GET");
  // curl sends again by itself when a kept connection turns out to be closed before any byte of the answer. That is right for a page, but
  // would start a second report job, so what is not idempotent gets a connection of its own.
  if (!is_idempotent(request.method)) set(CURLOPT_FRESH_CONNECT, 1L);
}

void CurlTransport::set_network(Dialer& dialer) {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  // A proxy from the environment would hide which address we really talk to.
  set(CURLOPT_PROXY, "");
  // One exchange at a time gains nothing from HTTP/2.
  set(CURLOPT_HTTP_VERSION, long(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&dialer));
  set(CURLOPT_TCP_KEEPALIVE, 1L);

  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
  if (!network_.ca_file.empty()) {
    set(CURLOPT_CAINFO, network_.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }

  const auto milliseconds = [](std::chrono::milliseconds duration) { return std::max(1L, long(duration.count())); };
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(deadlines_.connect));
  set(CURLOPT_TIMEOUT_MS, milliseconds(deadlines_.total));
  set(CURLOPT_LOW_SPEED_LIMIT, long(std::max<size_t>(1, deadlines_.slow_bytes)));
  set(CURLOPT_LOW_SPEED_TIME, long(std::max<int64_t>(1, std::chrono::ceil<std::chrono::seconds>(deadlines_.silence).count())));
}

void CurlTransport::set_answer(IncomingAnswer& answer) {
  set(CURLOPT_ERRORBUFFER, detail_.data());
  set(CURLOPT_BUFFERSIZE, 64L << 10);
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_HEADERFUNCTION, &take_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&answer));
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&answer));
}

std::optional<CURLcode> CurlTransport::perform(std::stop_token stop) {
  static constexpr int PollMs = 1000;  // curl's own deadlines and the stop token end the wait earlier
  if (curl_multi_add_handle(multi_.get(), easy_.get()) != CURLM_OK) return CURLE_OUT_OF_MEMORY;
  std::optional<CURLcode> result;
  {
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_.get()); });
    int running = 1;
    while (!stop.stop_requested()) {
      const CURLMcode performed = curl_multi_perform(multi_.get(), &running);
      if (performed != CURLM_OK || running == 0) {
        result = performed == CURLM_OK ? CURLE_OK : CURLE_OUT_OF_MEMORY;
        break;
      }
      curl_multi_poll(multi_.get(), nullptr, 0, PollMs, nullptr);
    }
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg == CURLMSG_DONE && result == CURLE_OK) result = message->data.result;
  }
  curl_multi_remove_handle(multi_.get(), easy_.get());
  return result;
}

base::Error CurlTransport::failure(CURLcode code, const Dialer& dialer, const IncomingAnswer& answer) {
  if (answer.problem()) return *answer.problem();
  if (code == CURLE_COULDNT_CONNECT && !dialer.refused.empty()) {
    return error(
        ErrorKind::BadConfig, Side::Files, "address_refused",
        fmt::format("the host is at {}, which is not an address of the public internet; `network: {{allow_private: true}}` allows it",
                    dialer.refused));
  }
  // curl keeps a header line in a buffer of fixed size and has no other word for a line beyond it.
  if (code == CURLE_OUT_OF_MEMORY && sent() == Sent::Maybe) {
    return error(ErrorKind::Guard, Side::Source, "headers_too_large", "the answer holds a header line that is too long");
  }
  return error_of(code, detail_.data(), sent());
}

Sent CurlTransport::sent() const {
  long bytes = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &bytes);
  return bytes == 0 ? Sent::No : Sent::Maybe;
}

base::Error out_of_memory() { return error(ErrorKind::Fatal, Side::Us, "out_of_memory", "libcurl could not be started"); }

}  // namespace

base::Result<std::unique_ptr<Transport>> curl_transport(const Network& network, const Deadlines& deadlines, const SizeLimits& sizes) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return base::fail(out_of_memory());
  if (!network.ca_file.empty() && !std::ifstream(network.ca_file).good()) {
    return base::fail(error(ErrorKind::BadConfig, Side::Files, "ca_file",
                            fmt::format("`network.ca_file`: {} cannot be read", base::shown(network.ca_file))));
  }
  Multi multi(curl_multi_init());
  Easy easy(curl_easy_init());
  if (!multi || !easy) return base::fail(out_of_memory());
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, 4L);
  return std::make_unique<CurlTransport>(std::move(multi), std::move(easy), network, deadlines, sizes);
}

}  // namespace syncline::http
