// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "simulators/marianatek/instant.hpp"

namespace syncline::simulators::marianatek {

/// One record that a mutation made, changed or deleted.
struct RecordChange {
  std::string resource;
  int64_t id;
  std::string op;                   ///< insert, update, delete
  std::vector<std::string> fields;  ///< of an update: whose values differ now
};

/// One request of the vendor's API, as it was answered. Holds no credential.
struct RequestEntry {
  std::string tenant, method, target;
  int status;
  std::string identity;
  std::string fault;  ///< "" for none
};

/// What happened, in order: requests (the latest so many) and mutations (all).
class Journal {
 public:
  void add_request(Timestamp at, const RequestEntry& entry);
  void add_mutation(Timestamp at, const std::string& tenant, const std::string& op, const std::vector<RecordChange>& changes);
  /// {"entries":[…],"next":n,"dropped":n}: those with a number from `since` on; `dropped` says how many requests are no longer kept.
  [[nodiscard]] std::string since(int64_t since) const;

 private:
  struct Entry {
    int64_t n;
    std::string json;
  };
  int64_t next_ = 1, dropped_ = 0;
  std::deque<Entry> requests_;
  std::vector<Entry> mutations_;
};

/// [{"resource":…,"id":…,"op":…,"fields":[…]},…]
[[nodiscard]] std::string changes_json(const std::vector<RecordChange>& changes);

}  // namespace syncline::simulators::marianatek
