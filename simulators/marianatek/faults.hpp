// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "http/server.hpp"
#include "simulators/marianatek/instant.hpp"
#include "simulators/marianatek/pages.hpp"

namespace syncline::simulators::marianatek {

/// One planned misbehaviour: which requests it is for, which of those it hits, and what then happens.
struct FaultRule {
  enum class Action {
    Status,
    Html200,
    TruncateJson,
    InvalidJson,
    CloseBeforeHeaders,
    CloseInBody,
    ShortBody,
    Delay,
    Drip,
    DuplicatePage,
    EmptyPage,
    ErrorEnvelope200,
    DropKey,
    SetAttribute,
    RemoveId,
  };
  enum class RetryAfter { Seconds, HttpDate, Huge, Absent };
  enum class Page { Vendor, Html };

  // Which requests. "" and nothing match all.
  std::string path;  ///< without tenant prefix and closing slash; a '*' at the end matches any rest
  std::string tenant, method;
  std::optional<int64_t> page;
  // Which of those: after the first `skip`, each `every`-th, or by chance, and `count` of them at most.
  int64_t skip = 0;
  std::optional<int64_t> count, every;
  std::optional<double> probability;
  // What then.
  Action action = Action::Status;
  int status = 503;
  Page look = Page::Vendor;
  RetryAfter retry_after = RetryAfter::Absent;
  int64_t retry_after_s = 2;
  int64_t delay_ms = 1000;
  std::optional<size_t> at_bytes;  ///< where a body is cut; half of it by default
  std::string id, name, raw;       ///< of the record, of its attribute, and what stands there instead

  int64_t seen = 0, hits = 0;

  /// For the log.
  [[nodiscard]] std::string shown() const;
  /// What it does to the records of an answer; nothing for most.
  [[nodiscard]] ContentFault content() const;
  /// Whether the request is answered by the fault alone, as if it had never arrived.
  [[nodiscard]] bool replaces_answer() const;
};

/// The rules in force. Deterministic for a seed.
class FaultBook {
 public:
  explicit FaultBook(uint64_t seed) : random_(seed) {}
  /// Adds a rule, or an array of them; "" or what is wrong, and then none is added.
  [[nodiscard]] std::string add(const nlohmann::json& rules);
  void clear() { rules_.clear(); }
  [[nodiscard]] const std::vector<FaultRule>& rules() const { return rules_; }
  /// The rules that hit this request, in the order they were added, up to the first that answers it: that one is the last, and rules behind
  /// it do not see the request. `path` is without prefix and closing slash.
  std::vector<const FaultRule*> hits(std::string_view tenant, std::string_view method, std::string_view path, std::string_view page);

 private:
  std::vector<FaultRule> rules_;
  base::Random random_;
};

/// The answer of a rule that replaces it.
[[nodiscard]] http::ServerResponse answer_of_fault(const FaultRule& rule, Timestamp now);
/// What a rule does to an answer's bytes and connection; of several that are about the connection the first counts.
void spoil(http::ServerResponse& response, const FaultRule& rule);

}  // namespace syncline::simulators::marianatek
