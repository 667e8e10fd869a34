// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "config/options.hpp"

namespace syncline::config {

/// How a stream is bounded by time: the parameters that ask for a window, and the field that proves the answer obeyed.
struct Incremental {
  std::string field;                     ///< path in the record, e.g. "updated_datetime"
  std::string from_param, to_param;      ///< either may be empty
  std::chrono::milliseconds overlap{0};  ///< read again before the last cursor
  std::string format;  ///< of both parameters, in local time of the connector's zone, e.g. "%Y-%m-%d %H:%M"; empty: ISO 8601 in UTC
  Place place;
};

/// One list of records a connector can read.
struct Stream {
  std::string name;
  std::string path;  ///< `get:`, seen from base_url
  std::vector<std::pair<std::string, std::string>> parameters;
  Options records;   ///< the decoder
  Options paginate;  ///< the paginator; name "none" when the answer is whole
  std::string key;   ///< path of the record's id
  std::optional<Incremental> incremental;
  bool empty_is_complete = true;  ///< `empty: allowed|refused`: whether a first page without records can be the truth
  Place place;

  /// Its pages are numbers, so it moves under its reader when records come and go.
  [[nodiscard]] bool is_paged_by_number() const { return paginate.name == "page"; }
};

/// A file that describes one vendor's API, seen by one account: every ${…} is replaced. Holds no secret.
struct Connector {
  std::string name, title;
  std::string base_url;
  base::Zone zone = base::Zone::utc();  ///< what day it is at the vendor: `--days`, `--start-date` and `start:` begin at midnight there.
                                        ///< And what a local time means: of `incremental`'s field, and of its parameters with `format:`
  std::vector<std::pair<std::string, std::string>> headers;  ///< sent with every request, e.g. Accept
  std::vector<Options> auth;                                 ///< the methods it knows, by name
  int64_t rate_requests = 0;                                 ///< `limits.rate: 200/min`; 0: none
  std::chrono::milliseconds rate_window{60'000};
  std::vector<Stream> streams;
  Place place;

  [[nodiscard]] const Stream* stream(std::string_view wanted) const;
};

}  // namespace syncline::config
