// SPDX-License-Identifier: Apache-2.0
#include "sync/fetch.hpp"

namespace syncline::sync {

base::Result<std::unique_ptr<Source>> open_source(const config::Account& account, const Worlds& worlds,
                                                  std::chrono::milliseconds wait_max) {
  auto transport = TRY(worlds.transport());
  auto source = std::make_unique<Source>(Source{account, std::move(transport), nullptr, nullptr});
  http::RetryPolicy retry;
  retry.wait_max = wait_max;
  const http::RateLimit rate{account.connector.rate_requests, account.connector.rate_window};
  source->client = std::make_unique<http::Client>(*source->transport, worlds.clock, worlds.random, retry, rate, http::SizeLimits{});
  source->authenticator = extract::make_authenticator(account, *source->client, worlds.clock);
  return source;
}

Fetcher::Fetcher(Source& source, const config::Stream& stream, extract::ReadOptions options, std::stop_token stop, OnPage on_page,
                 OnWait on_wait)
    : stop_with_run_(std::move(stop), [this] { stop_.request_stop(); }) {
  source.client->on_wait(std::move(on_wait));
  thread_ = std::thread([this, &source, &stream, options = std::move(options), on_page = std::move(on_page)] {
    pages_.close(read(source, stream, options, on_page));
  });
}

Fetcher::~Fetcher() {
  stop_.request_stop();
  pages_.abandon();
  thread_.join();
}

base::Result<void> Fetcher::read(Source& source, const config::Stream& stream, const extract::ReadOptions& options, const OnPage& on_page) {
  const auto reader = TRY(extract::make_reader(source.account, stream, options, *source.client, *source.authenticator));
  while (true) {
    std::optional<extract::Page> page = TRY(reader->next(stop_.get_token()));
    if (!page) return {};
    Fetched fetched = on_page(*std::move(page));
    fetched.traffic = source.client->traffic();
    fetched.auth_method = source.authenticator->method();
    const size_t bytes = fetched.bytes();
    if (!pages_.push(std::move(fetched), bytes)) return {};
  }
}

}  // namespace syncline::sync
