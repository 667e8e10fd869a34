// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/secret.hpp"
#include "extract/auth/method.hpp"

namespace syncline::extract {

/// A key that never changes, sent in a header or a query parameter.
class ApiKey final : public AuthMethod {
 public:
  static base::Spec account_spec();
  static base::Spec connector_spec();
  static tl::expected<std::unique_ptr<AuthMethod>, std::string> make(const AuthParts& parts);

  base::Result<void> sign(http::Request& request, std::stop_token stop) override;

 private:
  ApiKey() = default;

  base::Secret key_;
  std::string header_ = "Authorization", prefix_ = "Bearer ";
  std::string query_;  ///< the parameter's name; empty: the header is used
};

}  // namespace syncline::extract
