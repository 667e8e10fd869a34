// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/auth.hpp"

#include "simulators/marianatek/answers.hpp"
#include "simulators/marianatek/resource.hpp"

namespace syncline::simulators::marianatek {
namespace {

http::ServerResponse oauth_error(int status, std::string_view error, std::string_view description = {}) {
  std::string body = "{\"error\":" + json_text(error);
  if (!description.empty()) body += ",\"error_description\":" + json_text(description);
  return json_answer(status, body + "}");
}

}  // namespace

Credentials credentials_of(std::string_view tenant, uint64_t seed) {
  const std::string name(tenant), number = std::to_string(seed);
  return {.api_key = name + "-key-" + number,
          .username = "sync@" + name + ".example",
          .password = name + "-password-" + number,
          .client_id = name + "-spa-" + number,
          .client_secret = name + "-spa-secret-" + number,
          .public_client_id = name + "-web-" + number};
}

Identity Auth::identify(std::string_view authorization, Timestamp now) const {
  static constexpr std::string_view prefix = "Bearer ";
  if (authorization.empty()) return {};
  Identity invalid{.scope = Identity::Scope::None, .name = "invalid"};
  if (!authorization.starts_with(prefix)) return invalid;
  const std::string_view token = authorization.substr(prefix.size());
  if (token == credentials_.api_key) return {.scope = Identity::Scope::Full, .name = "api_key"};
  const auto access = access_.find(token);
  if (access == access_.end()) return invalid;
  if (now >= access->second.expires) return {.scope = Identity::Scope::None, .name = "expired"};
  return {.scope = access->second.scope, .name = access->second.scope == Identity::Scope::Full ? "oauth" : "oauth limited"};
}

http::ServerResponse Auth::token(const Parameters& parameters, const Knobs& knobs, Timestamp now) {
  const std::string_view grant = last_value(parameters, "grant_type");
  if (grant == "password") return by_password(parameters, knobs, now);
  if (grant == "refresh_token") return by_refresh(parameters, knobs, now);
  if (grant == "client_credentials") return oauth_error(400, "unauthorized_client");
  // No code is ever given out here, so none is valid.
  if (grant == "authorization_code") return oauth_error(400, "invalid_grant");
  return grant.empty() ? oauth_error(400, "invalid_request", "Missing grant_type parameter.") : oauth_error(400, "unsupported_grant_type");
}

http::ServerResponse Auth::by_password(const Parameters& parameters, const Knobs& knobs, Timestamp now) {
  const std::string_view client = last_value(parameters, "client_id");
  auto scope = Identity::Scope::Full;
  if (client.empty()) {
    if (knobs.bare_password == "invalid_client") return oauth_error(401, "invalid_client");
    if (knobs.bare_password == "limited") scope = Identity::Scope::Limited;
  } else if (client == credentials_.public_client_id) {
    return oauth_error(400, "unauthorized_client");
  } else if (client != credentials_.client_id || last_value(parameters, "client_secret") != credentials_.client_secret) {
    return oauth_error(401, "invalid_client");
  }
  const std::string_view username = last_value(parameters, "username"), password = last_value(parameters, "password");
  if (username.empty() || password.empty())
    return oauth_error(400, "invalid_request", "Request is missing username or password parameter.");
  if (username != credentials_.username || password != credentials_.password)
    return oauth_error(400, "invalid_grant", "Invalid credentials given.");
  return issue(scope, new_token("refresh"), knobs, now);
}

http::ServerResponse Auth::by_refresh(const Parameters& parameters, const Knobs& knobs, Timestamp now) {
  const std::string_view client = last_value(parameters, "client_id");
  if (!client.empty() && client != credentials_.client_id && client != credentials_.public_client_id)
    return oauth_error(401, "invalid_client");
  const auto known = refresh_.find(last_value(parameters, "refresh_token"));
  if (known == refresh_.end()) return oauth_error(400, "invalid_grant");
  if (knobs.refresh_revokes_old_access) access_.erase(known->second.access);
  const Identity::Scope scope = known->second.scope;
  std::string refresh = known->first;
  if (knobs.rotate == "always") {
    refresh_.erase(known);
    refresh = new_token("refresh");
  }
  return issue(scope, std::move(refresh), knobs, now);
}

void Auth::rival_refreshes(const Knobs& knobs, Timestamp now) {
  std::vector<std::string> held;
  held.reserve(refresh_.size());
  for (const auto& [token, refresh] : refresh_) held.push_back(token);
  for (std::string& token : held) (void)by_refresh({{"refresh_token", std::move(token)}}, knobs, now);
}

http::ServerResponse Auth::issue(Identity::Scope scope, std::string refresh, const Knobs& knobs, Timestamp now) {
  std::string access = new_token("access");
  access_[access] = {.scope = scope, .expires = now + std::chrono::seconds(knobs.expires_in)};
  http::ServerResponse response =
      json_answer(200, "{\"access_token\":" + json_text(access) + ",\"expires_in\":" + std::to_string(knobs.expires_in) +
                           ",\"token_type\":\"Bearer\",\"scope\":\"read:account\",\"refresh_token\":" + json_text(refresh) + "}");
  response.headers.emplace_back("Cache-Control", "no-store");
  refresh_[std::move(refresh)] = {.scope = scope, .access = std::move(access)};
  return response;
}

std::string Auth::new_token(std::string_view kind) {
  ++issued_;
  return tenant_ + "-" + std::string(kind) + "-" + std::to_string(mixed(mixed(seed_, salt_of(tenant_)), issued_)) + "-" +
         std::to_string(issued_);
}

}  // namespace syncline::simulators::marianatek
