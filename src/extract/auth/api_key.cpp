// SPDX-License-Identifier: Apache-2.0
#include "extract/auth/api_key.hpp"

namespace syncline::extract {

base::Spec ApiKey::account_spec() {
  return {"api_key", "A key the vendor gave you.", {{"key", base::OptionSpec::Kind::Secret, true, "", "The key.", {}}}};
}

base::Spec ApiKey::connector_spec() {
  using Kind = base::OptionSpec::Kind;
  return {"api_key",
          "A key, sent with every request.",
          {{"header", Kind::Text, false, "Authorization", "The header that holds the key.", {}},
           {"prefix", Kind::Text, false, "Bearer ", "What stands before the key in the header.", {}},
           {"query", Kind::Text, false, "", "The query parameter that holds the key, instead of a header.", {}}}};
}

tl::expected<std::unique_ptr<AuthMethod>, std::string> ApiKey::make(const AuthParts& parts) {
  std::unique_ptr<ApiKey> method(new ApiKey);
  method->key_ = base::Secret(std::string(parts.account.text("key")));
  if (method->key_.empty()) return tl::unexpected(std::string("its `key` is empty"));
  if (parts.connector) {
    const auto& values = parts.connector->values;
    if (const auto header = values.find("header"); header != values.end() && !header->second.empty()) method->header_ = header->second;
    if (const auto prefix = values.find("prefix"); prefix != values.end()) method->prefix_ = prefix->second;
    method->query_ = parts.connector->text("query");
  }
  if (method->query_.empty() && !fits_header(method->key_.reveal()))
    return tl::unexpected(std::string("its `key` holds a line break or another control character"));
  return method;
}

base::Result<void> ApiKey::sign(http::Request& request, std::stop_token) {
  if (query_.empty()) {
    request.credentials.emplace_back(header_, prefix_ + key_.reveal());
  } else {
    request.url = http::with_parameters(request.url, {{query_, key_.reveal()}});
  }
  return {};
}

}  // namespace syncline::extract
