// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/bounded_queue.hpp"
#include "config/project.hpp"
#include "extract/extract.hpp"
#include "http/client.hpp"
#include "record/reject.hpp"
#include "record/report.hpp"
#include "record/row_batch.hpp"
#include "state/store.hpp"
#include "sync/run.hpp"
#include "transform/transform.hpp"

namespace syncline::sync {

/// The way to one account's vendor, kept for the whole run so that entities share connections and tokens. Used by one thread at a time.
struct Source {
  const config::Account& account;
  std::unique_ptr<http::Transport> transport;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<extract::Authenticator> authenticator;
};

base::Result<std::unique_ptr<Source>> open_source(const config::Account& account, const Worlds& worlds, std::chrono::milliseconds wait_max);

/// What a page has become, where the reading stands after it, and what it cost to get it.
struct Fetched {
  record::RecordBatch records;  ///< what the rows' cells point into; their shapes are gone
  record::RowBatch rows;
  std::vector<record::Reject> rejects;
  transform::SpokenKeys spoken;  ///< where rows can be deleted
  record::Counters counters;
  state::Checkpoint checkpoint;
  std::optional<int64_t> declared;  ///< how many records the source says the whole list has
  http::Traffic traffic;            ///< of the client, up to this page
  std::string auth_method;

  [[nodiscard]] size_t bytes() const {
    size_t out = records.bytes() + rows.bytes();
    for (const record::Reject& reject : rejects) out += sizeof reject + reject.payload.size() + reject.reason.size();
    return out;
  }
};

/// Reads a stream on a thread of its own, so far ahead that the next transaction's pages are there when one has been committed. The
/// destructor stops and joins it.
class Fetcher {
 public:
  using OnWait = http::Client::OnWait;
  /// Makes rows of a page; called by the read thread.
  using OnPage = std::function<Fetched(extract::Page page)>;

  Fetcher(Source& source, const config::Stream& stream, extract::ReadOptions options, std::stop_token stop, OnPage on_page, OnWait on_wait);
  ~Fetcher();

  [[nodiscard]] base::BoundedQueue<Fetched>& pages() { return pages_; }

 private:
  base::Result<void> read(Source& source, const config::Stream& stream, const extract::ReadOptions& options, const OnPage& on_page);

  static constexpr size_t BytesAheadMax = size_t{3} << 20;

  base::BoundedQueue<Fetched> pages_{BytesAheadMax};
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> stop_with_run_;
  std::thread thread_;
};

}  // namespace syncline::sync
