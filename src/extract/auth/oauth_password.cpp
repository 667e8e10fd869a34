// SPDX-License-Identifier: Apache-2.0
#include "extract/auth/oauth_password.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "extract/answer_path.hpp"
#include "extract/decode/tree.hpp"

namespace syncline::extract {

using base::ErrorKind;
using base::Side;
using record::Value;

namespace {

/// How long a token lives; nullopt when the answer does not say so in whole seconds above zero.
std::optional<std::chrono::seconds> lifetime(Value expires_in) {
  const std::string_view text = expires_in.text();
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = end == text.data() + text.size() || *end == '.';
  if (error != std::errc() || !whole || seconds <= 0) return std::nullopt;
  return std::chrono::seconds(std::min<int64_t>(seconds, 10L * 365 * 86'400));
}

/// OAuth's own words for what went wrong; nothing else of the answer may be shown, as it may hold a token.
std::string reason_in(Value root) {
  for (const std::string_view name : {"error_description", "error", "detail"}) {
    const Value value = member(root.fields(), name);
    if (!value.is(Value::Type::Text)) continue;
    const Value error = member(root.fields(), "error");
    std::string reason = base::shown(base::redact(value.text()));
    if (name == "error_description" && error.is(Value::Type::Text)) {
      return fmt::format("{} ({})", base::shown(base::redact(error.text()), 80), reason);
    }
    return reason;
  }
  return "it gave no reason";
}

}  // namespace

base::Spec OauthPassword::account_spec() {
  using Kind = base::OptionSpec::Kind;
  return {"oauth_password",
          "A user name and password, traded for a token that lives for a while.",
          {{"username", Kind::Text, true, "", "The user name.", {}},
           {"password", Kind::Secret, true, "", "The password.", {}},
           {"client_id", Kind::Text, false, "", "The application's id, where the vendor wants one.", {}},
           {"client_secret", Kind::Secret, false, "", "The application's secret, where it has one.", {}},
           {"password_legacy",
            Kind::Choice,
            true,
            "",
            "Must be true: you know that this grant shows your password to the vendor's API, and that vendors are leaving it.",
            {"true"}}}};
}

base::Spec OauthPassword::connector_spec() {
  using Kind = base::OptionSpec::Kind;
  return {"oauth_password",
          "OAuth's password grant.",
          {{"token_url", Kind::Text, true, "", "Where tokens are given, seen from base_url.", {}},
           {"scope", Kind::Text, false, "", "The scope to ask for.", {}},
           {"send", Kind::Choice, false, "body", "Where the token request's parameters stand.", {"body", "query"}}}};
}

tl::expected<std::unique_ptr<AuthMethod>, std::string> OauthPassword::make(const AuthParts& parts) {
  const config::Options& account = parts.account;
  if (!parts.connector)
    return tl::unexpected(std::string("the connector does not say where tokens are given (`auth: oauth_password: {token_url: …}`)"));
  if (account.text("password_legacy") != "true") return tl::unexpected(std::string("it needs `password_legacy: true`"));
  std::unique_ptr<OauthPassword> method(new OauthPassword(parts.client, parts.clock));
  method->username_ = account.text("username");
  method->password_ = base::Secret(std::string(account.text("password")));
  method->client_id_ = account.text("client_id");
  method->client_secret_ = base::Secret(std::string(account.text("client_secret")));
  if (method->username_.empty() || method->password_.empty()) return tl::unexpected(std::string("its `username` or `password` is empty"));
  const std::string_view url = parts.connector->text("token_url");
  if (url.empty()) return tl::unexpected(std::string("the connector's `token_url` is empty"));
  const bool absolute = url.starts_with("https://") || url.starts_with("http://");
  method->token_url_ = absolute ? std::string(url) : std::string(parts.base_url) + std::string(url);
  method->scope_ = parts.connector->text("scope");
  method->send_ = parts.connector->text("send") == "query" ? Send::Query : Send::Body;
  return method;
}

base::Result<void> OauthPassword::sign(http::Request& request, std::stop_token stop) {
  const bool expired = expires_ && clock_.steady() >= *expires_;
  if (token_.empty() || expired) {
    if (auto fetched = fetch_token(stop); !fetched) return fetched;
  }
  request.credentials.emplace_back("Authorization", "Bearer " + token_.reveal());
  return {};
}

bool OauthPassword::renew() {
  token_ = base::Secret();
  expires_.reset();
  return true;
}

http::Request OauthPassword::token_request() const {
  std::vector<std::pair<std::string, std::string>> parameters{
      {"grant_type", "password"}, {"username", username_}, {"password", password_.reveal()}};
  if (!client_id_.empty()) parameters.emplace_back("client_id", client_id_);
  if (!client_secret_.empty()) parameters.emplace_back("client_secret", client_secret_.reveal());
  if (!scope_.empty()) parameters.emplace_back("scope", scope_);
  http::Request request;
  request.method = "POST";
  request.url = token_url_;
  request.headers = {{"Accept", "application/json"}};
  if (send_ == Send::Query) {
    request.url = http::with_parameters(token_url_, parameters);
  } else {
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = http::form_encoded(parameters);
  }
  return request;
}

base::Result<void> OauthPassword::fetch_token(std::stop_token stop) {
  renew();
  const std::string phrase = "fetching a token at " + http::shown_url(token_url_);
  http::Response response = TRY_WITHIN(phrase, client_.send(token_request(), std::move(stop)));
  return take_token(std::move(response));
}

base::Result<void> OauthPassword::take_token(http::Response response) {
  const std::string who = fmt::format("the token endpoint {} answered {}", http::shown_url(token_url_), response.status);
  base::Arena arena;
  TreeParser parser;
  const auto tree = parser.parse(response.body, arena, arena);
  if (!tree) {
    const std::string_view type = http::header(response.headers, "Content-Type");
    return base::fail({ErrorKind::Unauthorized, Side::Source,
                       fmt::format("{} with {} instead of JSON", who, type.empty() ? "something" : base::shown(type, 80)),
                       "token_refused"});
  }
  const Value token = member(tree->root.fields(), "access_token");
  const bool good = response.status >= 200 && response.status < 300 && token.is(Value::Type::Text) && !token.text().empty();
  if (!good) return base::fail({ErrorKind::Unauthorized, Side::Source, who + ": " + reason_in(tree->root), "token_refused"});
  if (!fits_header(token.text()))
    return base::fail({ErrorKind::Unauthorized, Side::Source, who + " with a token that no header can hold", "token_refused"});
  token_ = base::Secret(std::string(token.text()));
  if (const auto lives = lifetime(member(tree->root.fields(), "expires_in"))) {
    // A little early, so that a token does not expire on its way; but never so early that a short-lived one is of no use.
    const std::chrono::milliseconds early = std::min<std::chrono::milliseconds>(std::chrono::seconds(30), *lives / 10);
    expires_ = clock_.steady() + *lives - early;
  }
  return {};
}

}  // namespace syncline::extract
