// SPDX-License-Identifier: Apache-2.0
#include "placeholder_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace syncline::apps {
namespace {

std::string host_of(std::string_view url) {
  const size_t scheme = url.find("://");
  std::string_view rest = scheme == url.npos ? url : url.substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of(":/"));
  if (rest.ends_with('.')) rest.remove_suffix(1);
  return std::string(rest);
}

bool is_for_examples(std::string_view host) {
  constexpr std::array<std::string_view, 5> reserved{"example.com", "example.net", "example.org", "example", "invalid"};
  const std::string dotted = "." + base::lower(host);
  return std::any_of(reserved.begin(), reserved.end(), [&](std::string_view name) { return dotted.ends_with("." + std::string(name)); });
}

}  // namespace

base::Result<void> refuse_placeholder_hosts(const config::Project& project, const std::vector<std::string>& entities) {
  for (const config::Entity& entity : project.entities) {
    const bool is_asked_for = entities.empty() || std::find(entities.begin(), entities.end(), entity.name) != entities.end();
    const config::Account* account = project.account(entity.account);
    if (!is_asked_for || !account || !is_for_examples(host_of(account->connector.base_url))) continue;
    const std::string message = fmt::format(
        "the account `{}` has no host of its own yet: {} is a placeholder, and nothing was sent to it. Write your host into the "
        "account's `settings`, or into .env under the variable that stands there",
        account->name, base::shown(host_of(account->connector.base_url), 100));
    return base::fail(
        {base::ErrorKind::BadConfig, base::Side::Files, to_string(config::Problem{account->place, message}), "placeholder_host", "", {}});
  }
  return {};
}

}  // namespace syncline::apps
