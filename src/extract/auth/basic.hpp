// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/secret.hpp"
#include "extract/auth/method.hpp"

namespace syncline::extract {

/// HTTP's own user name and password (RFC 7617).
class Basic final : public AuthMethod {
 public:
  static base::Spec account_spec();
  static base::Spec connector_spec();
  static tl::expected<std::unique_ptr<AuthMethod>, std::string> make(const AuthParts& parts);

  base::Result<void> sign(http::Request& request, std::stop_token stop) override;

 private:
  explicit Basic(base::Secret credential) : credential_(std::move(credential)) {}

  const base::Secret credential_;  ///< "user:password" in base64
};

}  // namespace syncline::extract
