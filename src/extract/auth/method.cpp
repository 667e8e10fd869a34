// SPDX-License-Identifier: Apache-2.0
#include "extract/auth/method.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "extract/auth/api_key.hpp"
#include "extract/auth/basic.hpp"
#include "extract/auth/oauth_password.hpp"

namespace syncline::extract {
namespace {

struct Member {
  base::Spec (*account_spec)();
  base::Spec (*connector_spec)();
  tl::expected<std::unique_ptr<AuthMethod>, std::string> (*make)(const AuthParts&);
};

constexpr Member Members[] = {
    {ApiKey::account_spec, ApiKey::connector_spec, ApiKey::make},
    {OauthPassword::account_spec, OauthPassword::connector_spec, OauthPassword::make},
    {Basic::account_spec, Basic::connector_spec, Basic::make},
};

}  // namespace

tl::expected<std::unique_ptr<AuthMethod>, std::string> make_auth_method(const AuthParts& parts) {
  if (!parts.account.missing_variables.empty()) return tl::unexpected(base::joined(parts.account.missing_variables, ", "));
  for (const Member& member : Members) {
    if (member.account_spec().name == parts.account.name) return member.make(parts);
  }
  return tl::unexpected(std::string("no such method"));
}

std::vector<base::Spec> account_auth_specs() {
  std::vector<base::Spec> specs;
  for (const Member& member : Members) specs.push_back(member.account_spec());
  return specs;
}

std::vector<base::Spec> connector_auth_specs() {
  std::vector<base::Spec> specs;
  for (const Member& member : Members) specs.push_back(member.connector_spec());
  return specs;
}

bool fits_header(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return uint8_t(c) < 0x20 || c == 0x7F; });
}

}  // namespace syncline::extract
