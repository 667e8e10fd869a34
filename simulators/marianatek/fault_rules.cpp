// SPDX-License-Identifier: Apache-2.0
// How fault rules are read from the control plane's JSON.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "simulators/marianatek/faults.hpp"

namespace syncline::simulators::marianatek {
namespace {

using nlohmann::json;
using Action = FaultRule::Action;

struct ActionName {
  std::string_view name;
  Action action;
};
constexpr ActionName Actions[] = {{"status", Action::Status},
                                  {"html_200", Action::Html200},
                                  {"truncate_json", Action::TruncateJson},
                                  {"invalid_json", Action::InvalidJson},
                                  {"close_before_headers", Action::CloseBeforeHeaders},
                                  {"close_in_body", Action::CloseInBody},
                                  {"short_body", Action::ShortBody},
                                  {"delay", Action::Delay},
                                  {"drip", Action::Drip},
                                  {"duplicate_page", Action::DuplicatePage},
                                  {"empty_page", Action::EmptyPage},
                                  {"error_envelope_200", Action::ErrorEnvelope200},
                                  {"drop_key", Action::DropKey},
                                  {"set_attribute", Action::SetAttribute},
                                  {"remove_id", Action::RemoveId}};

constexpr std::string_view Members[] = {"match",  "action",    "count",       "every",         "probability", "skip",
                                        "status", "html",      "retry_after", "retry_after_s", "delay_ms",    "at_bytes",
                                        "id",     "attribute", "raw",         "value"};
constexpr std::string_view MatchMembers[] = {"path", "page", "method", "tenant"};

/// A rule with a misspelt member would silently do something else than the test meant.
template <size_t Count>
void check_members(const json& object, const std::string_view (&known)[Count]) {
  if (!object.is_object()) throw std::invalid_argument("a fault and its match are objects");
  for (const auto& [name, value] : object.items())
    if (std::find(std::begin(known), std::end(known), name) == std::end(known))
      throw std::invalid_argument("there is no \"" + name + "\" in a fault");
}

Action action_of(const std::string& name) {
  for (const ActionName& known : Actions)
    if (known.name == name) return known.action;
  throw std::invalid_argument("there is no fault \"" + name + "\"");
}

void read_retry_after(FaultRule& rule, const json& value) {
  if (value.is_number_integer()) {
    rule.retry_after = FaultRule::RetryAfter::Seconds;
    rule.retry_after_s = value.get<int64_t>();
    return;
  }
  const auto word = value.get<std::string>();
  if (word == "seconds") {
    rule.retry_after = FaultRule::RetryAfter::Seconds;
  } else if (word == "http-date") {
    rule.retry_after = FaultRule::RetryAfter::HttpDate;
  } else if (word == "huge") {
    rule.retry_after = FaultRule::RetryAfter::Huge;
  } else if (word != "absent") {
    throw std::invalid_argument("retry_after is seconds, http-date, huge, absent or a number");
  }
}

int64_t number_in(const json& object, const char* name, int64_t otherwise, int64_t low, int64_t high) {
  const int64_t number = object.value(name, otherwise);
  if (number < low || number > high)
    throw std::invalid_argument(std::string(name) + " is from " + std::to_string(low) + " to " + std::to_string(high));
  return number;
}

/// An id may be written as a number.
std::string text_in(const json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end()) return {};
  return member->is_string() ? member->get<std::string>() : member->dump();
}

void read_match(FaultRule& rule, const json& match) {
  check_members(match, MatchMembers);
  rule.path = match.value("path", "");
  rule.method = match.value("method", "");
  rule.tenant = match.value("tenant", "");
  if (match.contains("page")) rule.page = match["page"].get<int64_t>();
}

FaultRule rule_of(const json& object) {
  check_members(object, Members);
  FaultRule rule;
  if (object.contains("match")) read_match(rule, object["match"]);
  if (!object.contains("action")) throw std::invalid_argument("a fault needs an action");
  rule.action = action_of(object["action"].get<std::string>());
  rule.skip = number_in(object, "skip", 0, 0, INT64_MAX);
  if (object.contains("count")) rule.count = number_in(object, "count", 1, 0, INT64_MAX);
  if (object.contains("every")) rule.every = number_in(object, "every", 1, 1, INT64_MAX);
  if (object.contains("probability")) rule.probability = object["probability"].get<double>();
  rule.status = int(number_in(object, "status", 503, 200, 599));
  if (object.value("html", false)) rule.look = FaultRule::Page::Html;
  rule.retry_after_s = object.value("retry_after_s", rule.retry_after_s);
  if (object.contains("retry_after")) read_retry_after(rule, object["retry_after"]);
  rule.delay_ms = number_in(object, "delay_ms", 1000, 0, 3'600'000);
  if (object.contains("at_bytes")) rule.at_bytes = size_t(number_in(object, "at_bytes", 0, 0, INT64_MAX));
  rule.id = text_in(object, "id");
  rule.name = object.value("attribute", "");
  rule.raw = object.contains("value") ? object["value"].dump() : object.value("raw", "null");
  const bool about_attribute = rule.action == Action::DropKey || rule.action == Action::SetAttribute;
  if (about_attribute && rule.name.empty()) throw std::invalid_argument("this fault needs an attribute");
  return rule;
}

}  // namespace

std::string FaultBook::add(const json& rules) {
  try {
    std::vector<FaultRule> added;
    if (rules.is_array()) {
      for (const json& rule : rules) added.push_back(rule_of(rule));
    } else {
      added.push_back(rule_of(rules));
    }
    rules_.insert(rules_.end(), added.begin(), added.end());
    return {};
  } catch (const json::exception& exception) {
    return exception.what();
  } catch (const std::invalid_argument& exception) {
    return exception.what();
  }
}

std::string FaultRule::shown() const {
  const auto known = std::find_if(std::begin(Actions), std::end(Actions), [&](const ActionName& one) { return one.action == action; });
  std::string text(known->name);
  if (action == Action::Status) text += " " + std::to_string(status);
  return text;
}

}  // namespace syncline::simulators::marianatek
