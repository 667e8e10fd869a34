// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "http/server.hpp"
#include "simulators/marianatek/instant.hpp"
#include "simulators/marianatek/knobs.hpp"
#include "simulators/marianatek/text.hpp"

namespace syncline::simulators::marianatek {

/// What a tenant's integrations staff and administrators handed out.
struct Credentials {
  std::string api_key, username, password;
  std::string client_id, client_secret;  ///< of the vendor's own web application
  std::string public_client_id;          ///< of the public web client, which may not use the password grant
};

[[nodiscard]] Credentials credentials_of(std::string_view tenant, uint64_t seed);

/// Who asks.
struct Identity {
  enum class Scope { None, Limited, Full } scope = Scope::None;
  std::string name = "none";  ///< for the log: "none", "invalid", "api_key", "oauth …"
};

/// One tenant's API key and OAuth server. Tokens expire by the virtual clock.
class Auth {
 public:
  Auth(std::string tenant, uint64_t seed) : tenant_(std::move(tenant)), seed_(seed), credentials_(credentials_of(tenant_, seed)) {}

  [[nodiscard]] const Credentials& credentials() const { return credentials_; }
  [[nodiscard]] Identity identify(std::string_view authorization, Timestamp now) const;
  /// The token endpoint; parameters of the query and of the form body.
  http::ServerResponse token(const Parameters& parameters, const Knobs& knobs, Timestamp now);
  /// Every access token stops working at once; refresh tokens stay.
  void revoke_access() { access_.clear(); }
  /// Somebody else holds our refresh tokens too and uses each once: what that does to ours is up to the knobs `rotate` and
  /// `refresh_revokes_old_access`.
  void rival_refreshes(const Knobs& knobs, Timestamp now);

 private:
  struct Access {
    Identity::Scope scope;
    Timestamp expires;
  };
  struct Refresh {
    Identity::Scope scope;
    std::string access;  // the access token issued with it
  };
  http::ServerResponse by_password(const Parameters& parameters, const Knobs& knobs, Timestamp now);
  http::ServerResponse by_refresh(const Parameters& parameters, const Knobs& knobs, Timestamp now);
  http::ServerResponse issue(Identity::Scope scope, std::string refresh, const Knobs& knobs, Timestamp now);
  std::string new_token(std::string_view kind);

  std::string tenant_;
  uint64_t seed_;
  Credentials credentials_;
  uint64_t issued_ = 0;
  std::map<std::string, Access, std::less<>> access_;
  std::map<std::string, Refresh, std::less<>> refresh_;
};

}  // namespace syncline::simulators::marianatek
