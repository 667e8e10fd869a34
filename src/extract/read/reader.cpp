// SPDX-License-Identifier: Apache-2.0
#include "extract/read/reader.hpp"

#include <fmt/format.h>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "extract/auth/method.hpp"
#include "extract/read/fingerprint.hpp"
#include "extract/read/window_proof.hpp"

namespace syncline::extract {

using base::ErrorKind;
using base::Side;

namespace {

bool may_pass(const base::Error& error) {
  switch (error.kind) {
    case ErrorKind::Transient:
    case ErrorKind::RateLimited:
    case ErrorKind::Unauthorized:
    case ErrorKind::Cancelled:
    case ErrorKind::Busy:
      return true;
    case ErrorKind::BadConfig:
    case ErrorKind::ContractDrift:
    case ErrorKind::Guard:
    case ErrorKind::Fatal:
      return false;
  }
  return false;
}

/// A 403 of the API itself names what is missing; that of a firewall is a page for people.
bool is_about_permission(std::string_view body) {
  const std::string text = base::lower(base::trim(body.substr(0, 4096)));
  if (!text.starts_with("{") && !text.starts_with("[")) return false;
  for (const std::string_view word :
       {"permission", "credential", "authent", "authoriz", "authoris", "token", "scope", "forbidden", "not allowed", "access"}) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

PageReader::PageReader(const config::Account& account, const config::Stream& stream, const ReadOptions& options, http::Client& client,
                       Authenticator& authenticator, std::unique_ptr<Decoder> decoder, std::unique_ptr<Paginator> paginator)
    : account_(account),
      stream_(stream),
      options_(options),
      client_(client),
      authenticator_(authenticator),
      decoder_(std::move(decoder)),
      paginator_(std::move(paginator)),
      key_(stream.key),
      asked_(stream.incremental ? asked_window(options.window, *stream.incremental, account.connector.zone) : AskedWindow{}),
      word_(paginator_->first()) {}

base::Result<std::optional<Page>> PageReader::next(std::stop_token stop) {
  return TRY_WITHIN(fmt::format("stream `{}`, {}", stream_.name, paginator_->name_of(word_)), read(stop));
}

base::Result<std::optional<Page>> PageReader::read(const std::stop_token& stop) {
  if (options_.resume) {
    std::optional<Page> rest = TRY(take_up(stop));
    if (rest) return rest;
  }
  if (finished_) return std::nullopt;
  std::optional<Decoded> decoded = TRY(fetch(word_, stop));
  if (!decoded) return beyond_the_end();
  return TRY(placed(std::move(*decoded)));
}

/// Reads the last page of the unfinished sweep again. If it is the same one, reading goes on behind it; in every other case, also when the
/// source no longer knows that page (a cursor has expired), from the beginning. Its records are stored already: none are handed out. A page
/// comes back only to say that nothing follows.
base::Result<std::optional<Page>> PageReader::take_up(const std::stop_token& stop) {
  const Position& from = *options_.resume;
  if (!from.last_page.empty()) {
    auto fetched = fetch(from.last, stop);
    if (!fetched && may_pass(fetched.error())) return base::fail(std::move(fetched).error());
    if (fetched && *fetched && fingerprint((*fetched)->batch, key_) == from.last_page) {
      const auto following = paginator_->after({from.last, int64_t((*fetched)->batch.fetched()), from.read, (*fetched)->envelope});
      if (following) {
        position_ = from;
        position_.next = following->last ? "" : following->next;
        declared_ = following->declared;
        word_ = following->next;
        finished_ = following->last;
      }
    }
  }
  options_.resume.reset();
  if (!finished_) return std::nullopt;
  Page rest;
  rest.after = position_;
  rest.declared = declared_;
  rest.last = true;
  return rest;
}

base::Result<std::optional<Decoded>> PageReader::fetch(const std::string& word, const std::stop_token& stop) {
  for (int attempt = 1;; ++attempt) {
    http::Response response = TRY(authorized_answer(word, stop));
    if ((response.status == 403 || response.status == 404) && paginator_->may_be_beyond_the_end(word)) return std::nullopt;
    if (response.status < 200 || response.status >= 300) return base::fail(error_of_status(response));
    const std::string type(http::header(response.headers, "Content-Type"));
    auto decoded = decoder_->decode(std::move(response.body), type);
    if (decoded) return std::move(*decoded);
    base::Error error =
        std::move(decoded).error().within("GET " + http::shown_url(response.url.empty() ? request_for(word).url : response.url));
    if (error.kind != ErrorKind::Transient) return base::fail(std::move(error));
    if (client_.wait_to_try_again(attempt, stop)) continue;
    if (stop.stop_requested())
      return base::fail({ErrorKind::Cancelled, Side::Us, "stopped while waiting to ask for a broken answer again"});
    error.message += fmt::format("; asked {} times", attempt);
    return base::fail(std::move(error));
  }
}

base::Result<http::Response> PageReader::authorized_answer(const std::string& word, const std::stop_token& stop) {
  // Each refusal renews a credential or takes the next method, so this is more than there can be.
  const size_t rounds_max = 2 * account_.auth.size() + 4;
  for (size_t round = 0; round < rounds_max; ++round) {
    http::Request request = request_for(word);
    if (auto done = authenticator_.sign(request, stop); !done) return base::fail(std::move(done).error());
    http::Response response = TRY(client_.send(request, stop));
    if (!speaks_of_credential(response, word)) return response;
    if (authenticator_.refused(response)) continue;
    http::Request unsent = request_for(word);
    if (auto done = authenticator_.sign(unsent, stop); !done) return base::fail(std::move(done).error());
    return base::fail({ErrorKind::Unauthorized, Side::Source,
                       fmt::format("{} answered {}: {}", http::shown_url(request.url), response.status,
                                   base::shown(base::redact(response.text().substr(0, 4096)))),
                       "no_credential"});
  }
  return base::fail({ErrorKind::Unauthorized, Side::Source,
                     http::shown_url(request_for(word).url) + " refuses every credential again and again", "no_credential"});
}

base::Result<Page> PageReader::placed(Decoded decoded) {
  const int64_t records = int64_t(decoded.batch.fetched());
  const Following following = TRY(paginator_->after({word_, records, position_.read + records, decoded.envelope}));
  if (records > 0) {
    std::string keys = fingerprint(decoded.batch, key_);
    if (keys == position_.last_page) {
      return base::fail(
          {ErrorKind::ContractDrift, Side::Source,
           fmt::format("it holds the same {} records as {}: the source does not page as the connector says. Check the stream's `paginate:`",
                       records, paginator_->name_of(position_.last)),
           "repeated_page"});
    }
    position_.last_page = std::move(keys);
    position_.last = word_;
  }
  if (stream_.incremental) {
    if (auto proven = prove_window(decoded.batch, *stream_.incremental, asked_); !proven) return base::fail(std::move(proven).error());
  }
  position_.read += records;
  position_.next = following.last ? "" : following.next;
  word_ = following.next;
  if (following.declared) declared_ = following.declared;
  finished_ = following.last;
  Page page;
  page.records = std::move(decoded.batch);
  page.repeated = std::move(decoded.repeated);
  page.after = position_;
  page.declared = declared_;
  page.last = following.last;
  return page;
}

/// The list ended where the source refused the page; whether that is its true end follows from its count, if it declares one.
Page PageReader::beyond_the_end() {
  finished_ = true;
  Page page;
  page.last = !declared_ || position_.read >= *declared_;
  if (page.last) position_.next.clear();
  page.after = position_;
  page.declared = declared_;
  return page;
}

http::Request PageReader::request_for(const std::string& word) const {
  std::vector<std::pair<std::string, std::string>> parameters = stream_.parameters;
  if (stream_.incremental) {
    if (!asked_.from.empty()) parameters.emplace_back(stream_.incremental->from_param, asked_.from);
    if (!asked_.to.empty()) parameters.emplace_back(stream_.incremental->to_param, asked_.to);
  }
  for (auto& parameter : paginator_->parameters(word)) parameters.push_back(std::move(parameter));
  http::Request request;
  request.url = http::with_parameters(account_.connector.base_url + stream_.path, parameters);
  request.headers = account_.connector.headers;
  return request;
}

bool PageReader::speaks_of_credential(const http::Response& response, const std::string& word) const {
  if (response.status == 401) return true;
  return response.status == 403 && !paginator_->may_be_beyond_the_end(word) && is_about_permission(response.text());
}

base::Error PageReader::error_of_status(const http::Response& response) const {
  const std::string path = http::shown_url(account_.connector.base_url + stream_.path);
  const std::string said =
      fmt::format("GET {} answered {}: {}", path, response.status, base::shown(base::redact(response.text().substr(0, 4096))));
  const std::string code = fmt::format("http_{}", response.status);
  switch (response.status) {
    case 406:
    case 415:
      return {ErrorKind::BadConfig, Side::Files, said + ". The source wants other headers: check the connector's `headers:`", code,
              stream_.name};
    case 400:
    case 404:
    case 405:
    case 410:
    case 413:
    case 414:
    case 422:
      return {ErrorKind::ContractDrift, Side::Source, said + ". Check the stream's `get:`, `params:` and `paginate:`", code, stream_.name};
    default:
      break;
  }
  if (response.status >= 500) return {ErrorKind::Transient, Side::Source, said, code, stream_.name};
  if (response.status < 400) return {ErrorKind::ContractDrift, Side::Source, said + ". That is no list", code, stream_.name};
  return {ErrorKind::Fatal, Side::Source, said, code, stream_.name};
}

base::Result<std::unique_ptr<StreamReader>> make_reader(const config::Account& account, const config::Stream& stream,
                                                        const ReadOptions& options, http::Client& client, Authenticator& authenticator) {
  const std::string phrase = fmt::format("stream `{}` of connector `{}`", stream.name, account.connector.name);
  std::unique_ptr<Decoder> decoder = TRY_WITHIN(phrase, make_decoder(stream.records));
  std::unique_ptr<Paginator> paginator = TRY_WITHIN(phrase, make_paginator(stream.paginate));
  return std::make_unique<PageReader>(account, stream, options, client, authenticator, std::move(decoder), std::move(paginator));
}

config::Vocabulary vocabulary() { return {account_auth_specs(), connector_auth_specs(), paginator_specs(), decoder_specs()}; }

}  // namespace syncline::extract
