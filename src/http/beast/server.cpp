// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include <array>
#if defined(__GNUC__) && !defined(__clang__)
// Asio's fences order what its own mutexes order already, and those ThreadSanitizer sees. Ahead of the headers: the warning is about a line
// in them.
#pragma GCC diagnostic ignored "-Wtsan"
#endif

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <exception>
#include <thread>

#include "base/text.hpp"
#include "http/beast/target.hpp"

// g++ 12 takes Asio's pair of operator new and delete for coroutine frames for a mismatch when it inlines one of them.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace syncline::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using Stream = beast::tcp_stream;
using Parser = beast::http::request_parser<beast::http::string_body>;
using Fault = ServerResponse::Fault;

// Errors come back as values: an exception is never how a connection ends.
constexpr auto Awaited = asio::as_tuple(asio::use_awaitable);

constexpr int ConnectionsMax = 512;
// What is still read after a refused request, so that closing does not reset the connection under the client that has yet to read the
// answer.
constexpr size_t DrainBytesMax = size_t{4} << 20;
constexpr std::chrono::seconds DrainTime{2};

enum class Keep { Open, Close };

ServerResponse plain(int status, std::string text) {
  ServerResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  response.body = std::move(text) + "\n";
  return response;
}

/// The answer to a request that could not be read; nothing when there is nobody to answer.
std::optional<ServerResponse> answer_to_unreadable(error_code failure) {
  using beast::http::error;
  if (failure == error::end_of_stream || failure == error::partial_message) return std::nullopt;
  if (failure == error::body_limit) return plain(413, "The body is larger than this server takes.");
  if (failure == error::header_limit || failure == error::buffer_overflow)
    return plain(431, "The header is larger than this server takes.");
  if (failure.category() != make_error_code(error::bad_method).category()) return std::nullopt;
  return plain(400, "This request cannot be understood: " + failure.message() + ".");
}

bool bodyless(int status) { return status < 200 || status == 204 || status == 304; }

bool field_of_ours(std::string_view name) {
  for (const std::string_view ours : {"content-length", "connection", "transfer-encoding"})
    if (base::equals_ignoring_case(name, ours)) return true;
  return false;
}

/// A field as it may go on the wire: a line break in it would let text from outside write fields of its own.
void append_field(std::string& out, std::string_view name, std::string_view value) {
  const auto append = [&](std::string_view text) {
    for (const char c : text) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  };
  append(name);
  out += ": ";
  append(value);
  out += "\r\n";
}

std::string head_of(const ServerResponse& response, Keep keep) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  const auto reason = beast::http::obsolete_reason(beast::http::status(response.status));
  head.append(reason.data(), reason.size());
  head += "\r\n";
  for (const auto& [name, value] : response.headers)
    if (!field_of_ours(name)) append_field(head, name, value);
  if (!bodyless(response.status) && response.fault.kind != Fault::Kind::ShortBody)
    append_field(head, "Content-Length", std::to_string(response.body.size()));
  append_field(head, "Connection", keep == Keep::Open ? "keep-alive" : "close");
  head += "\r\n";
  return head;
}

/// What makes a request ambiguous or unfit although the parser took its header; "" when it is fine.
std::string_view objection(const Parser::value_type& message) {
  using beast::http::field;
  if (message.count(field::host) > 1) return "There is more than one Host field.";
  if (message.version() == 11 && message.count(field::host) == 0) return "The Host field is missing.";
  const auto encoding = message[field::transfer_encoding];
  if (encoding.empty()) return {};
  // A proxy in front and we could disagree on where the body ends, and so on where the next request begins. The parser refuses it beside a
  // Content-Length; any coding but plain "chunked" is as bad.
  if (!base::equals_ignoring_case({encoding.data(), encoding.size()}, "chunked")) return "Transfer-Encoding can only be chunked.";
  return {};
}

class BeastServer final : public Server {
 public:
  BeastServer(const ListenOptions& options, Handler handler) : options_(options), handler_(std::move(handler)), acceptor_(context_) {}

  ~BeastServer() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  error_code open() {
    error_code error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return error;
    const tcp::endpoint endpoint(address, options_.port);
    if (acceptor_.open(endpoint.protocol(), error)) return error;
    if (acceptor_.set_option(asio::socket_base::reuse_address(true), error)) return error;
    if (acceptor_.bind(endpoint, error)) return error;
    if (acceptor_.listen(asio::socket_base::max_listen_connections, error)) return error;
    port_ = acceptor_.local_endpoint(error).port();
    return error;
  }

  void start() {
    asio::co_spawn(context_, accept(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
  }

  [[nodiscard]] uint16_t port() const override { return port_; }

 private:
  asio::awaitable<void> accept();
  asio::awaitable<void> serve(tcp::socket socket);
  asio::awaitable<Keep> serve_one(Stream& stream, beast::flat_buffer& buffer);
  asio::awaitable<Keep> refuse(Stream& stream, ServerResponse response);
  asio::awaitable<Keep> send(Stream& stream, ServerResponse response, bool head_only, Keep keep);
  asio::awaitable<bool> write(Stream& stream, std::string_view first, std::string_view second);
  asio::awaitable<bool> drip(Stream& stream, std::string_view text, std::chrono::milliseconds delay);
  asio::awaitable<void> pause(std::chrono::milliseconds duration);
  [[nodiscard]] ServerResponse handled(const Parser::value_type& message, Target target) const;

  const ListenOptions options_;
  const Handler handler_;
  uint16_t port_ = 0;
  int connections_ = 0;  // of the server's thread, like all that runs inside `context_`
  // The coroutines live in the context and use what is above, so it goes first.
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  std::thread thread_;
};

asio::awaitable<void> BeastServer::accept() {
  for (;;) {
    auto [error, socket] = co_await acceptor_.async_accept(Awaited);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // out of descriptors, most likely: those in use will be given back
      co_await pause(std::chrono::milliseconds(50));
      continue;
    }
    if (connections_ >= ConnectionsMax) continue;  // closed by going out of scope
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    ++connections_;
    asio::co_spawn(context_, serve(std::move(socket)), [this](const std::exception_ptr&) { --connections_; });
  }
}

asio::awaitable<void> BeastServer::serve(tcp::socket socket) {
  Stream stream(std::move(socket));
  beast::flat_buffer buffer(options_.header_bytes_max + (size_t{64} << 10));
  while (co_await serve_one(stream, buffer) == Keep::Open) {
  }
  error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
}

asio::awaitable<Keep> BeastServer::serve_one(Stream& stream, beast::flat_buffer& buffer) {
  Parser parser;
  parser.header_limit(uint32_t(options_.header_bytes_max));
  parser.body_limit(options_.body_bytes_max);
  // One deadline for the whole header and one for the whole body: a client that sends a byte now and then does not hold a connection for
  // ever.
  stream.expires_after(options_.idle);
  {
    auto [error, bytes] = co_await beast::http::async_read_header(stream, buffer, parser, Awaited);
    if (error) {
      auto answer = answer_to_unreadable(error);
      if (!answer) co_return Keep::Close;
      co_return co_await refuse(stream, std::move(*answer));
    }
  }
  if (const std::string_view reason = objection(parser.get()); !reason.empty())
    co_return co_await refuse(stream, plain(400, std::string(reason)));
  if (base::equals_ignoring_case(std::string_view(parser.get()[beast::http::field::expect]), "100-continue") && !parser.is_done()) {
    const bool sent = co_await write(stream, "HTTP/1.1 100 Continue\r\n\r\n", {});
    if (!sent) co_return Keep::Close;
  }
  stream.expires_after(options_.idle);
  if (!parser.is_done()) {
    auto [error, bytes] = co_await beast::http::async_read(stream, buffer, parser, Awaited);
    if (error) {
      auto answer = answer_to_unreadable(error);
      if (!answer) co_return Keep::Close;
      co_return co_await refuse(stream, std::move(*answer));
    }
  }
  const auto& message = parser.get();
  auto target = parse_target(std::string_view(message.target()));
  if (!target) co_return co_await refuse(stream, plain(400, "The request target cannot be read."));
  ServerResponse response = handled(message, std::move(*target));
  const Keep keep = message.keep_alive() ? Keep::Open : Keep::Close;
  co_return co_await send(stream, std::move(response), message.method() == beast::http::verb::head, keep);
}

ServerResponse BeastServer::handled(const Parser::value_type& message, Target target) const {
  ServerRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.path = std::move(target.path);
  request.parameters = std::move(target.parameters);
  for (const auto& field : message) request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  request.body = message.body();
  try {
    ServerResponse response = handler_(request);
    if (response.status >= 200 && response.status <= 999) return response;
    return plain(500, "The handler gave no valid status.");
  } catch (const std::exception&) {
    // Its text may hold what is not for the client's eyes; who writes a handler reports in his own way.
    return plain(500, "An internal error kept this request from being answered.");
  } catch (...) {
    return plain(500, "An internal error kept this request from being answered.");
  }
}

asio::awaitable<Keep> BeastServer::refuse(Stream& stream, ServerResponse response) {
  co_await send(stream, std::move(response), false, Keep::Close);
  error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream.expires_after(DrainTime);
  std::array<char, 16384> bytes{};
  for (size_t drained = 0; drained < DrainBytesMax;) {
    const asio::mutable_buffer into(bytes.data(), bytes.size());
    auto [error, count] = co_await stream.async_read_some(into, Awaited);
    if (error) break;
    drained += count;
  }
  co_return Keep::Close;
}

asio::awaitable<Keep> BeastServer::send(Stream& stream, ServerResponse response, bool head_only, Keep keep) {
  const Fault fault = response.fault;
  std::string_view body = response.body;
  if (fault.kind == Fault::Kind::CloseBeforeHeaders) co_return Keep::Close;
  if (fault.kind == Fault::Kind::Delay) co_await pause(fault.delay);
  if (fault.kind == Fault::Kind::ShortBody) keep = Keep::Close;
  const std::string head = head_of(response, keep);
  if (fault.kind == Fault::Kind::CloseInBody || fault.kind == Fault::Kind::ShortBody) {
    body = body.substr(0, fault.after_bytes);
    keep = Keep::Close;
  }
  if (head_only || bodyless(response.status)) body = {};
  bool sent = false;
  if (fault.kind == Fault::Kind::Drip) {
    sent = co_await write(stream, head, {}) && co_await drip(stream, body, fault.delay);
  } else {
    sent = co_await write(stream, head, body);
  }
  co_return sent ? keep : Keep::Close;
}

/// Writes both in as few system calls as the socket allows. Each piece has the idle time as its deadline, so a long body to a slow reader
/// passes and a reader that stopped does not hold it.
asio::awaitable<bool> BeastServer::write(Stream& stream, std::string_view first, std::string_view second) {
  while (!first.empty() || !second.empty()) {
    const std::array<asio::const_buffer, 2> buffers{asio::const_buffer(first.data(), first.size()),
                                                    asio::const_buffer(second.data(), second.size())};
    stream.expires_after(options_.idle);
    auto [error, count] = co_await stream.async_write_some(buffers, Awaited);
    if (error) co_return false;
    const size_t of_first = std::min(count, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(count - of_first);
  }
  co_return true;
}

asio::awaitable<bool> BeastServer::drip(Stream& stream, std::string_view text, std::chrono::milliseconds delay) {
  for (size_t at = 0; at < text.size(); ++at) {
    co_await pause(delay);
    const bool sent = co_await write(stream, text.substr(at, 1), {});
    if (!sent) co_return false;
  }
  co_return true;
}

asio::awaitable<void> BeastServer::pause(std::chrono::milliseconds duration) {
  asio::steady_timer timer(context_, duration);
  co_await timer.async_wait(Awaited);
}

}  // namespace

base::Result<std::unique_ptr<Server>> listen(const ListenOptions& options, Server::Handler handler) {
  const auto failed = [&](const std::string& why) {
    return base::fail({.kind = base::ErrorKind::BadConfig,
                       .side = base::Side::Files,
                       .message = "cannot listen on " + options.address + " port " + std::to_string(options.port) + ": " + why +
                                  "; choose a free port and an IP address of this machine",
                       .code = "cannot_listen",
                       .subject = "",
                       .retry_after = std::nullopt});
  };
  try {
    auto server = std::make_unique<BeastServer>(options, std::move(handler));
    if (const error_code error = server->open()) return failed(error.message());
    server->start();
    return server;
  } catch (const std::exception& exception) {
    return failed(exception.what());
  }
}

}  // namespace syncline::http
