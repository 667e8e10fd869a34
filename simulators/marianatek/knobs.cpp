// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/knobs.hpp"

#include <nlohmann/json.hpp>
#include <vector>

namespace syncline::simulators::marianatek {
namespace {

struct NumberKnob {
  std::string_view name;
  int64_t Knobs::*field;
  int64_t low, high;
};
struct WordKnob {
  std::string_view name;
  std::string Knobs::*field;
  std::vector<std::string> words;
};
struct SwitchKnob {
  std::string_view name;
  bool Knobs::*field;
};

const std::vector<NumberKnob> Numbers{{"clamp", &Knobs::clamp, 1, 10'000},
                                      {"overreport_pages", &Knobs::overreport_pages, 0, 1'000},
                                      {"drift_rows", &Knobs::drift_rows, 1, 10'000},
                                      {"count_wobble", &Knobs::count_wobble, 0, 1'000'000},
                                      {"rival_every", &Knobs::rival_every, 0, 1'000'000},
                                      {"expires_in", &Knobs::expires_in, 1, 31'536'000}};
const std::vector<WordKnob> Words{{"past_end", &Knobs::past_end, {"403", "404", "empty"}},
                                  {"filters", &Knobs::filters, {"full", "only_filter_id"}},
                                  {"order", &Knobs::order, {"stable", "ties_shuffle"}},
                                  {"drift", &Knobs::drift, {"none", "insert", "delete", "both"}},
                                  {"bare_password", &Knobs::bare_password, {"limited", "invalid_client", "full"}},
                                  {"rotate", &Knobs::rotate, {"never", "always"}}};
const std::vector<SwitchKnob> Switches{{"refresh_revokes_old_access", &Knobs::refresh_revokes_old_access}};

template <class Table>
auto found(const Table& table, std::string_view name) {
  return std::find_if(table.begin(), table.end(), [&](const auto& knob) { return knob.name == name; });
}

/// "" or what is wrong.
std::string set(Knobs& knobs, const std::string& name, const nlohmann::json& value) {
  if (const auto knob = found(Numbers, name); knob != Numbers.end()) {
    if (!value.is_number_integer() || value.get<int64_t>() < knob->low || value.get<int64_t>() > knob->high)
      return name + " is a whole number from " + std::to_string(knob->low) + " to " + std::to_string(knob->high);
    knobs.*(knob->field) = value.get<int64_t>();
    return {};
  }
  if (const auto knob = found(Words, name); knob != Words.end()) {
    const std::string word = value.is_string() ? value.get<std::string>() : value.dump();
    if (std::find(knob->words.begin(), knob->words.end(), word) == knob->words.end()) return name + " cannot be " + word;
    knobs.*(knob->field) = word;
    return {};
  }
  if (const auto knob = found(Switches, name); knob != Switches.end()) {
    if (!value.is_boolean()) return name + " is true or false";
    knobs.*(knob->field) = value.get<bool>();
    return {};
  }
  return "there is no knob " + name;
}

}  // namespace

nlohmann::json Knobs::to_json() const {
  nlohmann::json json = nlohmann::json::object();
  for (const NumberKnob& knob : Numbers) json[std::string(knob.name)] = this->*(knob.field);
  for (const WordKnob& knob : Words) json[std::string(knob.name)] = this->*(knob.field);
  for (const SwitchKnob& knob : Switches) json[std::string(knob.name)] = this->*(knob.field);
  return json;
}

std::string Knobs::merge(const nlohmann::json& changes) {
  if (!changes.is_object()) return "knobs are an object";
  Knobs changed = *this;
  for (const auto& [name, value] : changes.items())
    if (std::string wrong = set(changed, name, value); !wrong.empty()) return wrong;
  *this = std::move(changed);
  return {};
}

}  // namespace syncline::simulators::marianatek
