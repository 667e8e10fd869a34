// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/journal.hpp"

#include <algorithm>

#include "simulators/marianatek/text.hpp"

namespace syncline::simulators::marianatek {
namespace {

constexpr size_t RequestsKept = 20'000;

std::string opening(int64_t n, Timestamp at, std::string_view kind, std::string_view tenant) {
  std::string out = "{\"n\":" + std::to_string(n) + ",\"at\":\"";
  append_instant(out, at);
  return out + "\",\"kind\":\"" + std::string(kind) + "\",\"tenant\":" + json_text(tenant);
}

}  // namespace

std::string changes_json(const std::vector<RecordChange>& changes) {
  std::string out = "[";
  for (const RecordChange& change : changes) {
    if (out.size() > 1) out += ',';
    out += "{\"resource\":" + json_text(change.resource) + ",\"id\":\"" + std::to_string(change.id) + "\",\"op\":" + json_text(change.op) +
           ",\"fields\":[";
    for (size_t i = 0; i < change.fields.size(); ++i) {
      if (i > 0) out += ',';
      append_json_text(out, change.fields[i]);
    }
    out += "]}";
  }
  return out + "]";
}

void Journal::add_request(Timestamp at, const RequestEntry& entry) {
  std::string json = opening(next_, at, "request", entry.tenant);
  json += ",\"method\":" + json_text(entry.method) + ",\"target\":" + json_text(entry.target) +
          ",\"status\":" + std::to_string(entry.status) + ",\"auth\":" + json_text(entry.identity) +
          ",\"fault\":" + (entry.fault.empty() ? "null" : json_text(entry.fault)) + "}";
  requests_.push_back({next_++, std::move(json)});
  if (requests_.size() <= RequestsKept) return;
  requests_.pop_front();
  ++dropped_;
}

void Journal::add_mutation(Timestamp at, const std::string& tenant, const std::string& op, const std::vector<RecordChange>& changes) {
  std::string json = opening(next_, at, "mutation", tenant) + ",\"op\":" + json_text(op) + ",\"changes\":" + changes_json(changes) + "}";
  mutations_.push_back({next_++, std::move(json)});
}

std::string Journal::since(int64_t since) const {
  std::vector<const Entry*> entries;
  for (const Entry& entry : requests_)
    if (entry.n >= since) entries.push_back(&entry);
  for (const Entry& entry : mutations_)
    if (entry.n >= since) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(), [](const Entry* a, const Entry* b) { return a->n < b->n; });
  std::string out = "{\"entries\":[";
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) out += ",\n";
    out += entries[i]->json;
  }
  return out + "],\"next\":" + std::to_string(next_) + ",\"dropped\":" + std::to_string(dropped_) + "}";
}

}  // namespace syncline::simulators::marianatek
