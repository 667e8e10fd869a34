// SPDX-License-Identifier: Apache-2.0
#include "load/waiting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/hash.hpp"
#include "load/cell_text.hpp"
#include "load/writer.hpp"

namespace syncline::load {
namespace {

using record::Cell;
using record::Reject;
using state::WaitingRow;

constexpr int64_t KeysReadAtOnce = 20'000;

uint64_t hash_of(std::string_view key) {
  base::Hash hash;
  hash.add(key);
  return hash.value();
}

bool is_set_aside(const Reject& reject) { return reject.stage == stage::Wait || reject.stage == stage::Link; }

/// Takes the rows that were set aside out of the rejects.
std::vector<Reject> remove_set_aside(std::vector<Reject>& rejects) {
  const auto aside = std::stable_partition(rejects.begin(), rejects.end(), [](const Reject& reject) { return !is_set_aside(reject); });
  std::vector<Reject> out(std::make_move_iterator(aside), std::make_move_iterator(rejects.end()));
  rejects.erase(aside, rejects.end());
  return out;
}

/// The row of a record that was counted as waiting in this run is one that another record has made superfluous.
void count_as_duplicate(const WaitingRow& row, int64_t run, record::Counters& counters) {
  if (row.kind != WaitingRow::Kind::Row || row.run != run) return;
  --counters.waiting;
  ++counters.duplicate;
}

/// The rows of links have been counted when they landed; what is new of them is the update that makes the link.
void count_made_links(record::Counters& counters) {
  counters.unchanged = counters.unmatched = counters.stale = counters.duplicate = counters.unlinked = 0;
  counters.rows = counters.inserted + counters.updated + counters.adopted + counters.rejected + counters.waiting;
}

}  // namespace

std::string version_word(const Cell& cell) {
  using Type = Cell::Type;
  switch (cell.type) {
    case Type::Boolean:
    case Type::Integer:
    case Type::Timestamp:
    case Type::LocalTimestamp:
    case Type::Date:
    case Type::Time:
      return fmt::format("{:020}", uint64_t(cell.integer()) ^ (uint64_t{1} << 63));
    case Type::Text:
      return std::string(cell.text());
    case Type::Null:
    case Type::Keep:
    case Type::Decimal:
    case Type::Json:
      return "";
  }
  return "";
}

std::string WaitingRoom::version_of(const record::RowBatch& rows, size_t row) const {
  return target_.version ? version_word(rows.row(row)[*target_.version]) : "";
}

base::Result<void> WaitingRoom::know_keys(const std::string& account) {
  if (known_) return {};
  std::string after;
  while (true) {
    const std::vector<std::string> keys = TRY(store_.waiting_keys(entity_.name, account, after, KeysReadAtOnce));
    for (const std::string& key : keys) keys_.insert(hash_of(key));
    if (keys.size() < size_t(KeysReadAtOnce)) break;
    after = keys.back();
  }
  known_ = true;
  return {};
}

base::Result<bool> WaitingRoom::has_rows(const std::string& account) {
  TRY(know_keys(account));
  return !keys_.empty();
}

base::Result<void> WaitingRoom::store_changes(const Transaction& transaction, std::vector<Reject>& rejects, record::Counters& counters) {
  const std::vector<Reject> aside = remove_set_aside(rejects);
  if (transaction.replay && transaction.replay->counting == Replay::Counting::Links) count_made_links(counters);
  TRY(know_keys(transaction.account));
  if (keys_.empty() && aside.empty()) return {};

  std::set<std::string, std::less<>> not_landed;
  std::map<std::string, std::string> versions;  // of what is set aside now
  for (const Reject& reject : rejects) not_landed.insert(reject.key);
  for (const Reject& reject : aside) {
    if (reject.stage == stage::Wait) not_landed.insert(reject.key);
    versions[reject.key];
  }
  for (size_t row = 0; row < transaction.rows.size(); ++row) {
    const std::string key = text_of(transaction.rows.row(row)[0]), version = version_of(transaction.rows, row);
    if (const auto set_aside = versions.find(key); set_aside != versions.end()) set_aside->second = std::max(set_aside->second, version);
    if (keys_.contains(hash_of(key)) && !not_landed.contains(key)) TRY(remove_older(transaction, key, version, counters));
  }
  for (const Reject& reject : aside) TRY(put(transaction, reject, versions[reject.key], counters));
  return {};
}

base::Result<void> WaitingRoom::remove_older(const Transaction& transaction, const std::string& key, const std::string& version,
                                             record::Counters& counters) {
  const auto waiting = TRY(store_.read_waiting(entity_.name, transaction.account, key));
  if (!waiting) return {};
  // Where the version does not tell, the table's own comparison decides when the row is tried again.
  if (target_.version && (version.empty() || waiting->version.empty() || version < waiting->version)) return {};
  count_as_duplicate(*waiting, transaction.run, counters);
  return store_.remove_waiting(entity_.name, transaction.account, key);
}

base::Result<void> WaitingRoom::put(const Transaction& transaction, const Reject& aside, const std::string& version,
                                    record::Counters& counters) {
  const auto kind = aside.stage == stage::Wait ? WaitingRow::Kind::Row : WaitingRow::Kind::Link;
  if (keys_.contains(hash_of(aside.key))) {
    const auto before = TRY(store_.read_waiting(entity_.name, transaction.account, aside.key));
    if (before && !version.empty() && version < before->version) {
      if (kind == WaitingRow::Kind::Link) return {};
      --counters.waiting;
      ++counters.stale;
      return {};
    }
    if (before) count_as_duplicate(*before, transaction.run, counters);
  }
  keys_.insert(hash_of(aside.key));
  WaitingRow row{entity_.name, transaction.account, aside.key, kind, aside.field, aside.value, version, aside.payload, transaction.run, ""};
  if (transaction.replay) {
    const auto since = transaction.replay->since.find(aside.key);
    if (since != transaction.replay->since.end()) row.since = since->second;
  }
  return store_.put_waiting(row);
}

// The writer's part.

std::string Writer::payload(const record::RowBatch& rows, size_t row) const {
  return payload_of_ ? payload_of_(rows.sources[row]) : std::string(rows.sources[row]);
}

base::Result<void> Writer::set_aside(const record::RowBatch& rows, std::vector<Reject>& rejects) {
  const auto add = [&](const sql::Rows& found, std::string_view stage) {
    for (size_t i = 0; i < found.size(); ++i) {
      rejects.push_back(failed_relation(rows, size_t(found.integer(i, 0)), size_t(found.integer(i, 1)), false));
      rejects.back().stage = stage;
    }
  };
  add(TRY(connection_.query(statements_.waiting_rows())), stage::Wait);
  if (const std::string links = statements_.open_links(); !links.empty() && ending_ == Ending::Commit)
    add(TRY(connection_.query(links)), stage::Link);
  return {};
}

}  // namespace syncline::load
