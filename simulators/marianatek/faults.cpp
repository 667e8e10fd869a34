// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/faults.hpp"

#include <algorithm>

#include "simulators/marianatek/answers.hpp"

namespace syncline::simulators::marianatek {
namespace {

using Action = FaultRule::Action;

bool path_matches(std::string_view pattern, std::string_view path) {
  if (pattern.ends_with('*')) return path.starts_with(pattern.substr(0, pattern.size() - 1));
  while (pattern.size() > 1 && pattern.ends_with('/')) pattern.remove_suffix(1);
  return pattern == path;
}

bool is_for(const FaultRule& rule, std::string_view tenant, std::string_view method, std::string_view path, std::string_view page) {
  if (!rule.tenant.empty() && rule.tenant != tenant) return false;
  if (!rule.method.empty() && rule.method != method) return false;
  if (!rule.path.empty() && !path_matches(rule.path, path)) return false;
  return !rule.page || *rule.page == whole_number(page).value_or(1);
}

bool hits_now(FaultRule& rule, base::Random& random) {
  const int64_t nth = ++rule.seen - rule.skip;  // from 1, among those not skipped
  if (nth < 1) return false;
  if (rule.count && rule.hits >= *rule.count) return false;
  if (rule.every && nth % *rule.every != 0) return false;
  return !rule.probability || random.unit() < *rule.probability;
}

void add_retry_after(http::ServerResponse& response, const FaultRule& rule, Timestamp now) {
  switch (rule.retry_after) {
    case FaultRule::RetryAfter::Absent:
      return;
    case FaultRule::RetryAfter::Seconds:
      response.headers.emplace_back("Retry-After", std::to_string(rule.retry_after_s));
      return;
    case FaultRule::RetryAfter::HttpDate:
      response.headers.emplace_back("Retry-After", http_date(now + std::chrono::seconds(rule.retry_after_s)));
      return;
    case FaultRule::RetryAfter::Huge:
      response.headers.emplace_back("Retry-After", "99999999999");
      return;
  }
}

size_t cut_of(const http::ServerResponse& response, const FaultRule& rule) {
  return std::min(rule.at_bytes.value_or(response.body.size() / 2), response.body.size());
}

}  // namespace

std::vector<const FaultRule*> FaultBook::hits(std::string_view tenant, std::string_view method, std::string_view path,
                                              std::string_view page) {
  std::vector<const FaultRule*> all;
  for (FaultRule& rule : rules_) {
    if (!is_for(rule, tenant, method, path, page) || !hits_now(rule, random_)) continue;
    ++rule.hits;
    all.push_back(&rule);
    if (rule.replaces_answer()) break;
  }
  return all;
}

bool FaultRule::replaces_answer() const {
  return action == Action::Status || action == Action::Html200 || action == Action::ErrorEnvelope200;
}

ContentFault FaultRule::content() const {
  ContentFault fault;
  switch (action) {
    case Action::DuplicatePage:
      fault.page = ContentFault::Page::Duplicate;
      break;
    case Action::EmptyPage:
      fault.page = ContentFault::Page::Empty;
      break;
    case Action::DropKey:
      fault.edits.push_back({RecordEdit::Kind::DropKey, id, name, {}});
      break;
    case Action::SetAttribute:
      fault.edits.push_back({RecordEdit::Kind::SetRaw, id, name, raw});
      break;
    case Action::RemoveId:
      fault.edits.push_back({RecordEdit::Kind::RemoveId, id, {}, {}});
      break;
    case Action::Status:
    case Action::Html200:
    case Action::TruncateJson:
    case Action::InvalidJson:
    case Action::CloseBeforeHeaders:
    case Action::CloseInBody:
    case Action::ShortBody:
    case Action::Delay:
    case Action::Drip:
    case Action::ErrorEnvelope200:
      break;
  }
  return fault;
}

http::ServerResponse answer_of_fault(const FaultRule& rule, Timestamp now) {
  if (rule.action == Action::Html200) return html_page(200);
  if (rule.action == Action::ErrorEnvelope200)
    return api_answer("{\"errors\":[{\"detail\":\"Something went wrong.\",\"status\":\"500\",\"source\":{\"pointer\":\"/data\"}}]}");
  http::ServerResponse response = rule.look == FaultRule::Page::Html ? html_page(rule.status) : answer_of_status(rule.status);
  response.status = rule.status;
  add_retry_after(response, rule, now);
  return response;
}

void spoil(http::ServerResponse& response, const FaultRule& rule) {
  using Kind = http::ServerResponse::Fault::Kind;
  const std::chrono::milliseconds delay(rule.delay_ms);
  const bool is_taken = response.fault.kind != Kind::None;
  switch (rule.action) {
    case Action::TruncateJson:
      response.body.resize(cut_of(response, rule));
      return;
    case Action::InvalidJson:
      response.body.insert(cut_of(response, rule), "\"}{,,");
      return;
    case Action::CloseBeforeHeaders:
      if (!is_taken) response.fault = {.kind = Kind::CloseBeforeHeaders};
      return;
    case Action::CloseInBody:
      if (!is_taken) response.fault = {.kind = Kind::CloseInBody, .after_bytes = cut_of(response, rule)};
      return;
    case Action::ShortBody:
      if (!is_taken) response.fault = {.kind = Kind::ShortBody, .after_bytes = cut_of(response, rule)};
      return;
    case Action::Delay:
      if (!is_taken) response.fault = {.kind = Kind::Delay, .delay = delay};
      return;
    case Action::Drip:
      if (!is_taken) response.fault = {.kind = Kind::Drip, .delay = delay};
      return;
    case Action::Status:
    case Action::Html200:
    case Action::DuplicatePage:
    case Action::EmptyPage:
    case Action::ErrorEnvelope200:
    case Action::DropKey:
    case Action::SetAttribute:
    case Action::RemoveId:
      return;
  }
}

}  // namespace syncline::simulators::marianatek
