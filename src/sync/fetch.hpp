// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "base/bounded_queue.hpp"
#include "config/project.hpp"
#include "extract/extract.hpp"
#include "http/client.hpp"
#include "sync/run.hpp"

namespace syncline::sync {

/// The way to one account's vendor, kept for the whole run so that entities share connections and tokens. Used by one thread at a time.
struct Source {
  const config::Account& account;
  std::unique_ptr<http::Transport> transport;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<extract::Authenticator> authenticator;
};

base::Result<std::unique_ptr<Source>> open_source(const config::Account& account, const Worlds& worlds, std::chrono::milliseconds wait_max);

/// A page, and what it cost to get it.
struct Fetched {
  extract::Page page;
  http::Traffic traffic;  ///< of the client, up to this page
  std::string auth_method;
};

/// Reads a stream on a thread of its own, so far ahead that the next transaction's pages are there when one has been committed. The
/// destructor stops and joins it.
class Fetcher {
 public:
  using OnWait = http::Client::OnWait;

  Fetcher(Source& source, const config::Stream& stream, extract::ReadOptions options, std::stop_token stop, OnWait on_wait);
  ~Fetcher();

  [[nodiscard]] base::BoundedQueue<Fetched>& pages() { return pages_; }

 private:
  base::Result<void> read(Source& source, const config::Stream& stream, const extract::ReadOptions& options);

  static constexpr size_t BytesAheadMax = size_t{2} << 20;

  base::BoundedQueue<Fetched> pages_{BytesAheadMax};
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> stop_with_run_;
  std::thread thread_;
};

}  // namespace syncline::sync
