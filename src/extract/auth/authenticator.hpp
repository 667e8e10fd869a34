// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>

#include "extract/auth/method.hpp"
#include "extract/extract.hpp"

namespace syncline::extract {

/// An account's methods in the order it wrote them. What a method is worth differs by data endpoint (a token may lack the scope for one),
/// so each endpoint keeps its own place in the chain; a method that has no credential at all is passed over everywhere.
class MethodChain final : public Authenticator {
 public:
  MethodChain(const config::Account& account, http::Client& client, base::Clock& clock);

  base::Result<void> sign(http::Request& request, std::stop_token stop) override;
  bool refused(const http::Response& response) override;
  [[nodiscard]] std::string method() const override;

 private:
  struct Link {
    std::string name;
    std::unique_ptr<AuthMethod> method;
    std::string useless;  ///< why it can sign nothing; empty while it can
    bool proven = false;  ///< a data endpoint has accepted the credential it holds now
  };
  struct Endpoint {
    size_t at = 0;                           ///< the link in use
    std::map<size_t, std::string> refusals;  ///< by link
    std::optional<base::Error> may_pass;     ///< the first link that failed for a reason that may pass…
    size_t may_pass_at = 0;
  };
  base::Error nothing_left(Endpoint& endpoint) const;

  const std::string account_;
  std::vector<Link> links_;
  std::map<std::string, Endpoint, std::less<>> endpoints_;  ///< by URL without query
  Endpoint* current_ = nullptr;                             ///< of the last sign()
  bool answer_pending_ = false;                             ///< the last signed request has not been refused so far
};

}  // namespace syncline::extract
