// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "simulators/marianatek/simulator.hpp"
#include "simulators/marianatek/text.hpp"

namespace syncline::simulators::marianatek {

using nlohmann::json;

/// A simulator with a client that knows the north tenant's API key: what the tests of this folder speak through.
class Client {
 public:
  explicit Client(const SimulatorOptions& options = quick()) : simulator(*make_simulator(options)) {}

  static SimulatorOptions quick() {
    SimulatorOptions options;
    options.rate_per_minute = 0;
    return options;
  }

  http::ServerResponse send(std::string method, const std::string& target, http::Headers headers = key(), std::string body = {}) {
    http::ServerRequest request;
    request.method = std::move(method);
    request.target = target;
    const size_t question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.parameters = form_parameters(std::string_view(target).substr(question + 1));
    request.headers = std::move(headers);
    request.body = std::move(body);
    return simulator->handle(request);
  }
  http::ServerResponse get(const std::string& target, http::Headers headers = key()) { return send("GET", target, std::move(headers)); }

  /// A 200's body.
  json read(const std::string& target, http::Headers headers = key()) {
    const auto response = get(target, std::move(headers));
    must_be_ok(response, target);
    return json::parse(response.body, nullptr, false);
  }
  /// A control's answer.
  json order(const std::string& control, const json& body) {
    const auto response = send("POST", "/__sim/" + control, {}, body.dump());
    must_be_ok(response, control);
    return json::parse(response.body, nullptr, false);
  }
  void turn(const json& knobs) { must_be_ok(send("PUT", "/__sim/knobs", {}, knobs.dump()), "knobs"); }
  /// All rows of a resource as they truly are.
  std::vector<json> truth(const std::string& resource, const std::string& tenant = "north") {
    const auto response = get("/__sim/truth/" + resource + "?tenant=" + tenant, {});
    must_be_ok(response, resource);
    std::vector<json> rows;
    for (const std::string_view line : split(response.body, '\n')) rows.push_back(json::parse(line));
    return rows;
  }
  json truth_of(const std::string& resource, const std::string& id) {
    for (json& row : truth(resource))
      if (row["id"] == id) return row;
    return nullptr;
  }

  static http::Headers key() { return bearer("north-key-1"); }
  static http::Headers bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

  std::unique_ptr<Simulator> simulator;

 private:
  /// An exception fails the test that let it happen.
  static void must_be_ok(const http::ServerResponse& response, const std::string& what) {
    if (response.status != 200)
      throw std::runtime_error(what + " was answered with " + std::to_string(response.status) + ": " + response.body);
  }
};

inline std::string header_of(const http::ServerResponse& response, std::string_view name) {
  for (const auto& [known, value] : response.headers)
    if (known == name) return value;
  return {};
}

inline std::vector<std::string> ids_of(const json& list) {
  std::vector<std::string> ids;
  for (const json& record : list["data"]) ids.push_back(record["id"]);
  return ids;
}

}  // namespace syncline::simulators::marianatek
