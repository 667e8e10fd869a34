// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fmt/format.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "extract/extract.hpp"

namespace syncline::extract {

/// Time that passes only by waiting, or when a test says so.
class VirtualClock final : public base::Clock {
 public:
  [[nodiscard]] base::Timestamp now() const override { return base::Timestamp(std::chrono::days(20'000)) + passed; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return std::chrono::steady_clock::time_point() + passed; }
  bool wait(std::chrono::milliseconds duration, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    passed += duration;
    return true;
  }

  std::chrono::milliseconds passed{0};
};

/// A vendor that is one function, and remembers what it was asked.
class ScriptedSource final : public http::Transport {
 public:
  using Answer = std::function<http::Response(const http::Request&)>;

  explicit ScriptedSource(Answer answer) : answer_(std::move(answer)) {}

  base::Result<http::Response> exchange(const http::Request& request, std::stop_token) override {
    requests.push_back(request);
    http::Response response = answer_(request);
    response.url = request.url;
    return response;
  }

  std::vector<http::Request> requests;

 private:
  const Answer answer_;
};

inline http::Response answer(int status, std::string_view body, const std::string& content_type = "application/vnd.api+json") {
  return {.status = status, .headers = {{"Content-Type", content_type}}, .body = {body.begin(), body.end()}, .url = {}};
}

/// The value of a query parameter, or "".
inline std::string parameter(const http::Request& request, const std::string& name) {
  const size_t query = request.url.find('?');
  const std::string text = query == std::string::npos ? "" : "&" + request.url.substr(query + 1) + "&";
  const size_t at = text.find("&" + name + "=");
  if (at == std::string::npos) return "";
  const size_t begin = at + name.size() + 2;
  return text.substr(begin, text.find('&', begin) - begin);
}

inline std::string credential(const http::Request& request) { return std::string(http::header(request.credentials, "Authorization")); }

/// A JSON:API page of users with the ids first … last; `count` < 0: no meta.
inline std::string users_page(int64_t first, int64_t last, int64_t count) {
  std::string data;
  for (int64_t id = first; id <= last; ++id) {
    data += fmt::format(R"({}{{"type":"users","id":"{}","attributes":{{"updated":"2026-02-01T00:00:00Z"}}}})", data.empty() ? "" : ",", id);
  }
  const std::string meta = count < 0 ? "null" : fmt::format(R"({{"pagination":{{"count":{}}}}})", count);
  return fmt::format(R"({{"meta":{},"data":[{}]}})", meta, data);
}

inline config::Options options(std::string name, std::map<std::string, std::string, std::less<>> values) {
  config::Options options;
  options.name = std::move(name);
  options.values = std::move(values);
  return options;
}

/// What a test needs of the world to read a stream of users, three to a page.
struct World {
  explicit World(ScriptedSource::Answer script) : source(std::move(script)) {
    account.name = "studio";
    account.connector.name = "vendor";
    account.connector.base_url = "https://api.example.com";
    account.connector.headers = {{"Accept", "application/vnd.api+json"}};
    account.connector.auth = {options("api_key", {}), options("oauth_password", {{"token_url", "/o/token/"}}), options("basic", {})};
    account.auth = {options("api_key", {{"key", "key-of-the-studio"}})};
    stream.name = "users";
    stream.path = "/api/users";
    stream.parameters = {{"ordering", "id"}};
    stream.records = options("json_api", {{"list", "data"}});
    stream.paginate = options("page", {{"param", "page"}, {"size_param", "page_size"}, {"size", "3"}, {"count", "meta.pagination.count"}});
    stream.key = "id";
  }

  std::unique_ptr<StreamReader> reader(const ReadOptions& read = {}) {
    authenticator = make_authenticator(account, client, clock);
    return *make_reader(account, stream, read, client, *authenticator);
  }

  VirtualClock clock;
  base::Random random{1};
  ScriptedSource source;
  http::Client client{source, clock, random, {}, {}, {}};
  config::Account account;
  config::Stream stream;
  std::unique_ptr<Authenticator> authenticator;
};

/// A whole reading: every page, or the error that ended it.
struct Reading {
  std::vector<Page> pages;
  std::vector<std::string> ids;
  std::optional<base::Error> error;
};

inline Reading read_all(StreamReader& reader, int pages_max = 1000) {
  Reading reading;
  while (int(reading.pages.size()) < pages_max) {
    auto page = reader.next({});
    if (!page) {
      reading.error = page.error();
      return reading;
    }
    if (!*page) return reading;
    for (const record::Record& record : (*page)->records.records) reading.ids.emplace_back(record.fields[0].value.text());
    reading.pages.push_back(std::move(**page));
  }
  reading.error = base::Error{.message = "the reading does not end", .code = {}, .subject = {}, .retry_after = {}};
  return reading;
}

}  // namespace syncline::extract
