// SPDX-License-Identifier: Apache-2.0
#include "extract/auth/authenticator.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/secret.hpp"
#include "base/text.hpp"

namespace syncline::extract {

using base::ErrorKind;
using base::Side;

namespace {

/// For sources that anyone may read.
class NoCredential final : public AuthMethod {
 public:
  base::Result<void> sign(http::Request&, std::stop_token) override { return {}; }
};

const config::Options* named(const std::vector<config::Options>& members, std::string_view name) {
  const auto found = std::find_if(members.begin(), members.end(), [&](const config::Options& member) { return member.name == name; });
  return found == members.end() ? nullptr : &*found;
}

bool may_pass(const base::Error& error) { return error.kind == ErrorKind::Transient; }
bool ends_everything(const base::Error& error) {
  return error.kind == ErrorKind::Cancelled || error.kind == ErrorKind::RateLimited || error.kind == ErrorKind::Guard;
}

}  // namespace

MethodChain::MethodChain(const config::Account& account, http::Client& client, base::Clock& clock) : account_(account.name) {
  for (const config::Options& options : account.auth) {
    Link link;
    link.name = options.name;
    auto method = make_auth_method({options, named(account.connector.auth, options.name), account.connector.base_url, client, clock});
    if (method) {
      link.method = std::move(*method);
    } else {
      link.useless = std::move(method).error();
    }
    links_.push_back(std::move(link));
  }
  if (links_.empty() && account.connector.auth.empty()) links_.push_back({"none", std::make_unique<NoCredential>(), "", false});
}

base::Result<void> MethodChain::sign(http::Request& request, std::stop_token stop) {
  if (current_ && answer_pending_) links_[current_->at].proven = true;
  answer_pending_ = false;
  Endpoint& endpoint = endpoints_[http::shown_url(request.url)];
  current_ = &endpoint;
  for (; endpoint.at < links_.size(); ++endpoint.at) {
    Link& link = links_[endpoint.at];
    if (!link.useless.empty()) continue;
    auto done = link.method->sign(request, stop);
    if (done) {
      answer_pending_ = true;
      return {};
    }
    if (ends_everything(done.error())) return done;
    if (!may_pass(done.error())) {
      link.useless = done.error().message;
    } else {
      endpoint.refusals[endpoint.at] = done.error().message;
      if (!endpoint.may_pass) {
        endpoint.may_pass = std::move(done).error();
        endpoint.may_pass_at = endpoint.at;
      }
    }
  }
  return base::fail(nothing_left(endpoint));
}

bool MethodChain::refused(const http::Response& response) {
  if (!current_ || current_->at >= links_.size()) return false;
  answer_pending_ = false;
  Link& link = links_[current_->at];
  // 403 speaks of what this user may do: the same user's next token may do no more.
  if (response.status == 401 && link.proven && link.method->renew()) {
    link.proven = false;
    return true;
  }
  current_->refusals[current_->at] =
      fmt::format("the data endpoint refused it: {} {}", response.status, base::shown(base::redact(response.text().substr(0, 4096)), 120));
  ++current_->at;
  return std::any_of(links_.begin() + ptrdiff_t(current_->at), links_.end(), [](const Link& next) { return next.useless.empty(); });
}

std::string MethodChain::method() const { return current_ && current_->at < links_.size() ? links_[current_->at].name : ""; }

base::Error MethodChain::nothing_left(Endpoint& endpoint) const {
  std::vector<std::string> reasons;
  for (size_t i = 0; i < links_.size(); ++i) {
    const auto refusal = endpoint.refusals.find(i);
    reasons.push_back(links_[i].name + ": " +
                      (!links_[i].useless.empty()           ? links_[i].useless
                       : refusal != endpoint.refusals.end() ? refusal->second
                                                            : "not tried"));
  }
  const std::string all = reasons.empty() ? "the account names no `auth:` method" : base::joined(reasons, "; ");
  if (endpoint.may_pass) {
    base::Error error = std::move(*endpoint.may_pass);
    endpoint.may_pass.reset();
    endpoint.at = endpoint.may_pass_at;  // it deserves another try, unlike those that were refused
    error.message = fmt::format("no credential of account `{}` could be used: {}", account_, all);
    return error;
  }
  return {.kind = ErrorKind::Unauthorized,
          .side = Side::Source,
          .message = fmt::format("no credential of account `{}` works: {}. Put one that does into .env, under the name that the account's "
                                 "`auth:` in syncline.yaml has for it",
                                 account_, all),
          .code = "no_credential",
          .subject = account_,
          .retry_after = std::nullopt};
}

std::unique_ptr<Authenticator> make_authenticator(const config::Account& account, http::Client& client, base::Clock& clock) {
  return std::make_unique<MethodChain>(account, client, clock);
}

}  // namespace syncline::extract
