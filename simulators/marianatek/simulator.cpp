// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/simulator.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "simulators/marianatek/answers.hpp"
#include "simulators/marianatek/control.hpp"
#include "simulators/marianatek/mutations.hpp"
#include "simulators/marianatek/state.hpp"

namespace syncline::simulators::marianatek {
namespace {

using http::ServerRequest;
using http::ServerResponse;

/// Whether the client takes JSON:API; "application/json" alone it does not.
bool accepts_json_api(std::string_view accept) {
  if (base::trim(accept).empty()) return true;
  for (const std::string_view part : split(accept, ',')) {
    const std::string_view type = base::trim(part.substr(0, part.find(';')));
    for (const std::string_view taken : {"application/vnd.api+json", "application/*", "*/*"})
      if (base::equals_ignoring_case(type, taken)) return true;
  }
  return false;
}

/// A request on its way through the imitation.
struct Call {
  const ServerRequest& request;
  Brand& brand;
  std::string path;  // without tenant prefix and closing slash
  Identity identity;
  std::vector<const FaultRule*> faults{};
};

std::string without_closing_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

class MarianaTek final : public Simulator {
 public:
  explicit MarianaTek(const SimulatorOptions& options)
      : credentials_seed_(options.seed), state_(std::make_unique<State>(options, options.seed)) {}

  ServerResponse handle(const ServerRequest& request) override;
  [[nodiscard]] std::map<std::string, std::string> environment(const std::string& url) const override;

 private:
  ServerResponse imitate(const ServerRequest& request);
  ServerResponse answer(Call& call);
  ServerResponse answer_token(const Call& call);
  ServerResponse answer_api(Call& call);
  std::optional<ServerResponse> turn_away(Call& call, bool is_public);
  void drift(Brand& brand, const Table& table);
  void let_rival_refresh(Call& call);
  void note(const Call& call, int status);

  const uint64_t credentials_seed_;
  std::unique_ptr<State> state_;
};

ServerResponse MarianaTek::handle(const ServerRequest& request) {
  ServerResponse response = request.path.starts_with("/__sim/") ? control(request, state_, credentials_seed_) : imitate(request);
  response.headers.emplace_back("Date", http_date(state_->now));
  return response;
}

/// The tenant is named by a /t/{tenant} prefix, else by the first label of Host, else it is the first one.
ServerResponse MarianaTek::imitate(const ServerRequest& request) {
  std::string path = request.path;
  Brand* brand = nullptr;
  if (path.starts_with("/t/")) {
    const size_t end = std::min(path.find('/', 3), path.size());
    brand = state_->brand(std::string_view(path).substr(3, end - 3));
    if (brand == nullptr) return html_page(404);
    path = end == path.size() ? "/" : path.substr(end);
  } else {
    const std::string_view host = http::header(request.headers, "Host");
    brand = state_->brand(host.substr(0, host.find('.')));
    if (brand == nullptr) brand = &state_->brands.front();
  }
  Call call{.request = request, .brand = *brand, .path = without_closing_slash(std::move(path)), .identity = {}};
  call.identity = brand->auth.identify(http::header(request.headers, "Authorization"), state_->now);
  let_rival_refresh(call);
  call.faults = state_->faults.hits(brand->tenant->name(), request.method, call.path, last_value(request.parameters, "page"));

  // A rule that answers is the last one, and the imitation never sees the request.
  const bool is_replaced = !call.faults.empty() && call.faults.back()->replaces_answer();
  ServerResponse response = is_replaced ? answer_of_fault(*call.faults.back(), state_->now) : answer(call);
  for (const FaultRule* rule : call.faults) spoil(response, *rule);
  note(call, response.status);
  return response;
}

ServerResponse MarianaTek::answer(Call& call) {
  if (call.path == "/o/token") return answer_token(call);
  if (call.path == "/api" || call.path.starts_with("/api/")) return answer_api(call);
  return html_page(404);
}

ServerResponse MarianaTek::answer_token(const Call& call) {
  if (call.request.method != "POST") return method_not_allowed(call.request.method);
  Parameters parameters = call.request.parameters;
  for (auto& parameter : form_parameters(call.request.body)) parameters.push_back(std::move(parameter));
  return call.brand.auth.token(parameters, state_->knobs, state_->now);
}

/// In the order of Django REST framework: path, Accept, credentials, rate, method.
ServerResponse MarianaTek::answer_api(Call& call) {
  const std::vector<std::string_view> parts = split(call.path, '/');
  if (parts.size() == 1) {
    if (auto refusal = turn_away(call, true)) return std::move(*refusal);
    return api_answer("{\"data\":{}}");
  }
  const Table* table = call.brand.tenant->find(parts[1]);
  if (table == nullptr || parts.size() > 3) return not_found();
  const bool is_self = parts.size() == 3 && parts[1] == "users" && parts[2] == "self";
  const bool within_limited = is_self && call.identity.scope == Identity::Scope::Limited;
  if (auto refusal = turn_away(call, table->resource().is_public || within_limited)) return std::move(*refusal);

  ContentFault fault;
  for (const FaultRule* rule : call.faults) fault.add(rule->content());
  if (parts.size() == 2) {
    if (is_later_page(call.request.parameters)) drift(call.brand, *table);
    return list_page(*table, call.request.parameters, state_->knobs, fault, state_->selector, state_->draw());
  }
  // Whoever asks is the tenant's first user: the service user of the API key and the owner of the password are the same person here.
  if (is_self && table->live() > 0) return single_record(Row(*table, table->nth_live(0)), call.request.parameters, fault);
  const auto id = whole_number(parts[2]);
  const auto index = id ? table->index_of(*id) : std::nullopt;
  if (!index || !table->is_live(*index)) return not_found();
  return single_record(Row(*table, *index), call.request.parameters, fault);
}

std::optional<ServerResponse> MarianaTek::turn_away(Call& call, bool is_public) {
  if (!accepts_json_api(http::header(call.request.headers, "Accept"))) return not_acceptable();
  if (!is_public && call.identity.scope != Identity::Scope::Full) return not_authenticated();
  if (const auto seconds = call.brand.limiter.take(std::chrono::steady_clock::now())) return throttled(*seconds);
  if (call.request.method != "GET" && call.request.method != "HEAD") return method_not_allowed(call.request.method);
  return std::nullopt;
}

/// Rows come and go between the pages of a list, told in the log like any mutation.
void MarianaTek::drift(Brand& brand, const Table& table) {
  const Knobs& knobs = state_->knobs;
  for (const auto& [when, op] : {std::pair("delete", "hard_delete"), std::pair("insert", "add")}) {
    if (knobs.drift != when && knobs.drift != "both") continue;
    const nlohmann::json order{{"op", op}, {"resource", table.resource().type}, {"count", knobs.drift_rows}};
    const auto changes = mutate(*brand.tenant, order, state_->now, mixed(state_->options.seed, ++state_->mutations));
    if (changes) state_->journal.add_mutation(state_->now, brand.tenant->name(), "drift", *changes);
  }
}

/// Another client of the same account: it refreshes, and what we hold is what it leaves us.
void MarianaTek::let_rival_refresh(Call& call) {
  const int64_t every = state_->knobs.rival_every;
  if (every == 0 || !call.identity.name.starts_with("oauth") || ++call.brand.requests_with_tokens % every != 0) return;
  call.brand.auth.rival_refreshes(state_->knobs, state_->now);
  call.identity = call.brand.auth.identify(http::header(call.request.headers, "Authorization"), state_->now);
}

void MarianaTek::note(const Call& call, int status) {
  std::string faults;
  for (const FaultRule* rule : call.faults) faults += (faults.empty() ? "" : ", ") + rule->shown();
  // A token request may have its password in the query.
  std::string target = call.path == "/o/token" ? call.request.path : call.request.target;
  state_->journal.add_request(state_->now, {.tenant = call.brand.tenant->name(),
                                            .method = call.request.method,
                                            .target = std::move(target),
                                            .status = status,
                                            .identity = call.identity.name,
                                            .fault = std::move(faults)});
}

std::map<std::string, std::string> MarianaTek::environment(const std::string& url) const {
  const Credentials& credentials = state_->brands.front().auth.credentials();
  return {{"MT_BASE_URL", url + "/t/" + state_->brands.front().tenant->name()},
          {"MT_API_KEY", credentials.api_key},
          {"MT_USERNAME", credentials.username},
          {"MT_PASSWORD", credentials.password},
          {"MT_CLIENT_ID", credentials.client_id},
          {"MT_CLIENT_SECRET", credentials.client_secret},
          {"SYNCLINE_ALLOW_PRIVATE", "true"}};
}

}  // namespace

base::Result<std::unique_ptr<Simulator>> make_simulator(const SimulatorOptions& options) {
  const SimulatorOptions all_options = TRY_WITHIN("starting the simulator", completed(options));
  return std::make_unique<MarianaTek>(all_options);
}

}  // namespace syncline::simulators::marianatek
