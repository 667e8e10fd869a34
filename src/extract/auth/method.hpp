// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/spec.hpp"
#include "config/connector.hpp"
#include "config/options.hpp"
#include "http/client.hpp"

namespace syncline::extract {

/// One way to prove who we are: the family behind `auth:`. Belongs to one thread.
class AuthMethod {
 public:
  virtual ~AuthMethod() = default;
  /// Adds the credential, fetching it first where it has to be. Transient, RateLimited and Cancelled may pass; after any other error the
  /// method is of no use any more.
  virtual base::Result<void> sign(http::Request& request, std::stop_token stop) = 0;
  /// The credential no longer works: forget it, if the next sign() would fetch another one.
  virtual bool renew() { return false; }
};

/// What a method is made from.
struct AuthParts {
  const config::Options& account;    ///< the credentials
  const config::Options* connector;  ///< how they are sent; nullptr when the connector does not name the method
  std::string_view base_url;
  http::Client& client;
  base::Clock& clock;
};

/// The member that `parts.account.name` chooses, or why it cannot be used.
tl::expected<std::unique_ptr<AuthMethod>, std::string> make_auth_method(const AuthParts& parts);

[[nodiscard]] std::vector<base::Spec> account_auth_specs();
[[nodiscard]] std::vector<base::Spec> connector_auth_specs();

/// Whether the text may stand in a header: a line break in a credential would end the header and begin another one.
[[nodiscard]] bool fits_header(std::string_view text);

}  // namespace syncline::extract
