// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/control.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "simulators/marianatek/answers.hpp"
#include "simulators/marianatek/mutations.hpp"

namespace syncline::simulators::marianatek {
namespace {

using http::ServerRequest;
using http::ServerResponse;
using nlohmann::json;

constexpr int64_t TruthDefault = 10'000, TruthMax = 200'000;

ServerResponse refused(const std::string& why, int status = 400) { return json_answer(status, "{\"error\":" + json_text(why) + "}"); }

std::string instant_text(Timestamp at) {
  std::string text;
  append_instant(text, at);
  return text;
}

ServerResponse shown_clock(const State& state) { return json_answer(200, "{\"now\":\"" + instant_text(state.now) + "\"}"); }

ServerResponse reset(const json& order, std::unique_ptr<State>& state, uint64_t credentials_seed) {
  SimulatorOptions options = state->options;
  options.seed = order.value("seed", options.seed);
  options.profile = order.value("profile", options.profile);
  if (order.contains("rows")) options.rows = order["rows"].get<std::map<std::string, int64_t>>();
  auto all_options = completed(std::move(options));
  if (!all_options) return refused(all_options.error().message);
  state = std::make_unique<State>(*all_options, credentials_seed);
  return shown_clock(*state);
}

ServerResponse move_clock(const json& order, State& state) {
  if (order.contains("set")) {
    const auto at = read_instant(order["set"].get<std::string>());
    if (!at) return refused("set is a date with time");
    state.now = *at;
    return shown_clock(state);
  }
  if (!order.contains("advance_s")) return refused("the clock is moved by advance_s or set");
  const double seconds = order["advance_s"].get<double>();
  if (!(seconds >= 0 && seconds <= 1e9)) return refused("advance_s is from 0 to 1000000000");
  state.now += std::chrono::microseconds(int64_t(seconds * 1e6));
  return shown_clock(state);
}

ServerResponse carry_out(const json& order, State& state) {
  Brand* brand = state.brand(order.value("tenant", "north"));
  if (brand == nullptr) return refused("there is no such tenant", 404);
  auto changes = mutate(*brand->tenant, order, state.now, mixed(state.options.seed, ++state.mutations));
  if (!changes) return refused(changes.error());
  state.journal.add_mutation(state.now, brand->tenant->name(), order.value("op", ""), *changes);
  return json_answer(200, "{\"changes\":" + changes_json(*changes) + "}");
}

ServerResponse add_faults(const json& order, State& state) {
  if (std::string wrong = state.faults.add(order); !wrong.empty()) return refused(wrong);
  return json_answer(200, "{\"faults\":" + std::to_string(state.faults.rules().size()) + "}");
}

ServerResponse shown_faults(const State& state) {
  json list = json::array();
  for (const FaultRule& rule : state.faults.rules())
    list.push_back({{"action", rule.shown()}, {"path", rule.path}, {"seen", rule.seen}, {"hits", rule.hits}});
  return json_answer(200, json{{"faults", std::move(list)}}.dump());
}

ServerResponse revoke(const json& order, State& state) {
  Brand* brand = state.brand(order.value("tenant", "north"));
  if (brand == nullptr) return refused("there is no such tenant", 404);
  brand->auth.revoke_access();
  return json_answer(200, "{}");
}

ServerResponse let_rival_refresh(const json& order, State& state) {
  Brand* brand = state.brand(order.value("tenant", "north"));
  if (brand == nullptr) return refused("there is no such tenant", 404);
  brand->auth.rival_refreshes(state.knobs, state.now);
  return json_answer(200, "{}");
}

/// The rows as they are now, one JSON object a line, in the order of ids.
ServerResponse truth(const ServerRequest& request, State& state, std::string_view resource) {
  const std::string_view name = last_value(request.parameters, "tenant");
  const Brand* brand = state.brand(name.empty() ? "north" : name);
  const Table* table = brand == nullptr ? nullptr : brand->tenant->find(resource);
  if (table == nullptr) return refused("there is no such tenant or resource", 404);
  const int64_t offset = std::min(whole_number(last_value(request.parameters, "offset")).value_or(0), table->live());
  const int64_t limit = std::min(whole_number(last_value(request.parameters, "limit")).value_or(TruthDefault), TruthMax);
  const int64_t end = std::min(offset + limit, table->live());
  std::string body;
  for (int64_t position = offset; position < end; ++position) {
    append_truth(body, Row(*table, table->nth_live(position)));
    body += '\n';
  }
  ServerResponse response = json_answer(200, std::move(body), "application/x-ndjson");
  response.headers.emplace_back("X-Sim-Count", std::to_string(table->live()));
  return response;
}

ServerResponse set_knobs(const json& order, State& state) {
  if (std::string wrong = state.knobs.merge(order); !wrong.empty()) return refused(wrong);
  return json_answer(200, state.knobs.to_json().dump());
}

ServerResponse read(const ServerRequest& request, State& state, std::string_view what) {
  if (what == "clock") return shown_clock(state);
  if (what == "knobs") return json_answer(200, state.knobs.to_json().dump());
  if (what == "faults") return shown_faults(state);
  if (what == "log") return json_answer(200, state.journal.since(whole_number(last_value(request.parameters, "since")).value_or(0)));
  if (what.starts_with("truth/")) return truth(request, state, what.substr(6));
  return refused("there is no such control", 404);
}

ServerResponse write(const ServerRequest& request, std::unique_ptr<State>& state, uint64_t credentials_seed, std::string_view what) {
  const json order = request.body.empty() ? json::object() : json::parse(request.body);
  const bool is_list = what == "faults" && order.is_array();
  if (!order.is_object() && !is_list) return refused("the body is a JSON object");
  if (what == "reset") return reset(order, state, credentials_seed);
  if (what == "clock") return move_clock(order, *state);
  if (what == "mutate") return carry_out(order, *state);
  if (what == "faults") return add_faults(order, *state);
  if (what == "revoke") return revoke(order, *state);
  if (what == "rival") return let_rival_refresh(order, *state);
  if (what == "knobs") return set_knobs(order, *state);
  return refused("there is no such control", 404);
}

}  // namespace

ServerResponse control(const ServerRequest& request, std::unique_ptr<State>& state, uint64_t credentials_seed) {
  std::string_view what = request.path;
  what.remove_prefix(std::min(what.size(), std::string_view("/__sim/").size()));
  while (what.ends_with('/')) what.remove_suffix(1);
  try {
    if (request.method == "GET") return read(request, *state, what);
    if (request.method == "DELETE" && what == "faults") {
      state->faults.clear();
      return json_answer(200, "{\"faults\":0}");
    }
    if (request.method == "POST" || request.method == "PUT") return write(request, state, credentials_seed, what);
    return refused("controls are read with GET and set with POST or PUT", 405);
  } catch (const json::exception& wrong) {
    return refused(wrong.what());
  }
}

}  // namespace syncline::simulators::marianatek
