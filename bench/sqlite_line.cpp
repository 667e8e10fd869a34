// SPDX-License-Identifier: Apache-2.0
// What the same work costs without a product around it: pages from HTTP, decoded, a prepared upsert a row, transactions of 10,000, into
// SQLite. It trusts its input, knows one table, keeps no log and no checkpoint. The pages are those of shared/bench/ceiling/generate.
//   sqlite_line BASE_URL PAGES FILE
#include <curl/curl.h>
#include <simdjson.h>
#include <sqlite3.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

namespace {

constexpr int RowsPerTransaction = 10'000;
constexpr size_t PagesAhead = 16;

[[noreturn]] void die(const std::string& what) {
  fprintf(stderr, "%s\n", what.c_str());
  exit(1);
}

/// Fetched on a thread of its own over one connection.
class Pages {
 public:
  Pages(std::string base, int count) : thread_([this, base = std::move(base), count] { fetch(base, count); }) {}
  ~Pages() { thread_.join(); }

  bool next(std::string& page) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !ready_.empty() || done_; });
    if (ready_.empty()) return false;
    page = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return true;
  }

 private:
  static size_t append(char* data, size_t size, size_t count, void* page) {
    static_cast<std::string*>(page)->append(data, size * count);
    return size * count;
  }
  void fetch(const std::string& base, int count) {
    CURL* curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    for (int i = 1; i <= count; ++i) {
      std::string page;
      page.reserve(1 << 18);
      curl_easy_setopt(curl, CURLOPT_URL, (base + std::to_string(i) + ".json").c_str());
      curl_easy_setopt(curl, CURLOPT_WRITEDATA, &page);
      if (curl_easy_perform(curl)) die("cannot fetch page " + std::to_string(i));
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return ready_.size() < PagesAhead; });
      ready_.push_back(std::move(page));
      changed_.notify_all();
    }
    curl_easy_cleanup(curl);
    std::lock_guard lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> ready_;
  bool done_ = false;
  std::thread thread_;
};

class Table {
 public:
  explicit Table(const char* file) {
    check(sqlite3_open_v2(file, &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr));
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
    // What has not changed is not written.
    const std::string sql =
        "INSERT INTO reservations (external_id, customer_id, code, status, total, check_in, check_out, updated_at, source, raw, synced_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, strftime('%Y-%m-%dT%H:%M:%fZ')) ON CONFLICT (external_id) DO UPDATE SET "
        "customer_id = ?2, code = ?3, status = ?4, total = ?5, check_in = ?6, check_out = ?7, updated_at = ?8, source = ?9, raw = ?10, "
        "synced_at = excluded.synced_at WHERE customer_id IS NOT ?2 OR code IS NOT ?3 OR status IS NOT ?4 OR total IS NOT ?5 OR check_in "
        "IS "
        "NOT ?6 OR check_out IS NOT ?7 OR updated_at IS NOT ?8 OR source IS NOT ?9 OR raw IS NOT ?10";
    check(sqlite3_prepare_v3(database_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &upsert_, nullptr));
  }
  ~Table() {
    sqlite3_finalize(upsert_);
    sqlite3_close(database_);
  }

  void run(const char* sql) { check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }

  void upsert(simdjson::ondemand::object record) {
    sqlite3_bind_int64(upsert_, 1, record.find_field("id").get_int64());
    sqlite3_bind_int64(upsert_, 2, record.find_field("customer_id").get_int64());
    int place = 3;
    for (const char* name : {"code", "status", "total", "check_in", "check_out", "updated_at", "source"}) {
      std::string_view token = record.find_field(name).raw_json_token();
      while (token.back() == ' ') token.remove_suffix(1);
      if (token.front() == '"') token = token.substr(1, token.rfind('"') - 1);
      sqlite3_bind_text(upsert_, place++, token.data(), int(token.size()), SQLITE_STATIC);
    }
    (void)record.reset();
    const std::string_view raw = record.raw_json();
    sqlite3_bind_text(upsert_, 10, raw.data(), int(raw.size()), SQLITE_STATIC);
    if (sqlite3_step(upsert_) != SQLITE_DONE) die(sqlite3_errmsg(database_));
    sqlite3_reset(upsert_);
  }

 private:
  void check(int result) {
    if (result != SQLITE_OK) die(sqlite3_errmsg(database_));
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* upsert_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) die("usage: sqlite_line BASE_URL PAGES FILE");
  curl_global_init(CURL_GLOBAL_ALL);
  Table table(argv[3]);
  const auto start = std::chrono::steady_clock::now();
  int64_t rows = 0;
  {
    Pages pages(argv[1], atoi(argv[2]));
    simdjson::ondemand::parser parser;
    table.run("BEGIN IMMEDIATE");
    for (std::string page; pages.next(page);) {
      page.reserve(page.size() + simdjson::SIMDJSON_PADDING);
      auto document = parser.iterate(page.data(), page.size(), page.capacity());
      for (auto element : document["data"].get_array()) {
        table.upsert(element.get_object());
        if (++rows % RowsPerTransaction == 0) table.run("COMMIT; BEGIN IMMEDIATE");
      }
    }
    table.run("COMMIT");
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  printf("rows %lld seconds %.2f rows_per_s %.0f\n", static_cast<long long>(rows), seconds, double(rows) / seconds);
}
