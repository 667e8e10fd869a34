// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>

#include "base/secret.hpp"
#include "extract/auth/method.hpp"

namespace syncline::extract {

/// OAuth's password grant (RFC 6749, 4.3): trades a user name and password for a token that lives for a while. The grant is gone from newer
/// versions of the standard, so an account must say `password_legacy: true`.
class OauthPassword final : public AuthMethod {
 public:
  static base::Spec account_spec();
  static base::Spec connector_spec();
  static tl::expected<std::unique_ptr<AuthMethod>, std::string> make(const AuthParts& parts);

  base::Result<void> sign(http::Request& request, std::stop_token stop) override;
  bool renew() override;

 private:
  OauthPassword(http::Client& client, base::Clock& clock) : client_(client), clock_(clock) {}
  [[nodiscard]] http::Request token_request() const;
  base::Result<void> fetch_token(std::stop_token stop);
  base::Result<void> take_token(http::Response response);

  http::Client& client_;
  base::Clock& clock_;
  std::string token_url_, scope_, username_, client_id_;
  base::Secret password_, client_secret_;
  enum class Send { Body, Query } send_ = Send::Body;

  base::Secret token_;
  std::optional<std::chrono::steady_clock::time_point> expires_;
};

}  // namespace syncline::extract
