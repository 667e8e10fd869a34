// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/project.hpp"

namespace syncline::apps {

/// An error when an account of these entities (none named: all) would be read from a host that is kept for examples (RFC 2606): a project
/// that is not filled in yet. Its credentials must not be sent anywhere.
base::Result<void> refuse_placeholder_hosts(const config::Project& project, const std::vector<std::string>& entities);

}  // namespace syncline::apps
