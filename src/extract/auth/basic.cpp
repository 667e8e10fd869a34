// SPDX-License-Identifier: Apache-2.0
#include "extract/auth/basic.hpp"

#include <cstdint>

namespace syncline::extract {
namespace {

std::string base64(std::string_view bytes) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - at);
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) group = group << 8 | (i < count ? uint8_t(bytes[at + i]) : 0);
    for (size_t i = 0; i < 4; ++i) out += i <= count ? digits[(group >> (18 - 6 * i)) & 63] : '=';
  }
  return out;
}

}  // namespace

base::Spec Basic::account_spec() {
  using Kind = base::OptionSpec::Kind;
  return {"basic",
          "A user name and password, sent with every request.",
          {{"username", Kind::Text, true, "", "The user name.", {}}, {"password", Kind::Secret, true, "", "The password.", {}}}};
}

base::Spec Basic::connector_spec() { return {"basic", "HTTP's own user name and password.", {}}; }

tl::expected<std::unique_ptr<AuthMethod>, std::string> Basic::make(const AuthParts& parts) {
  const std::string_view username = parts.account.text("username");
  const base::Secret password(std::string(parts.account.text("password")));
  if (username.empty() && password.empty()) return tl::unexpected(std::string("its `username` and `password` are empty"));
  if (username.find(':') != std::string_view::npos)
    return tl::unexpected(std::string("its `username` holds a colon, which this method cannot send"));
  return std::unique_ptr<AuthMethod>(new Basic(base::Secret(base64(std::string(username) + ":" + password.reveal()))));
}

base::Result<void> Basic::sign(http::Request& request, std::stop_token) {
  request.credentials.emplace_back("Authorization", "Basic " + credential_.reveal());
  return {};
}

}  // namespace syncline::extract
