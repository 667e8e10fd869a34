// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/connector.hpp"
#include "config/read/reading.hpp"

namespace syncline::config {

/// A setting as a connector declares it.
struct Setting {
  std::string name;
  bool required = false;
  std::optional<std::string> fallback;
  std::string help;
};

/// How many requests may be sent, per what.
struct Rate {
  int64_t requests = 0;
  std::chrono::milliseconds window{60'000};
};

/// The settings a connector.yaml declares.
[[nodiscard]] std::vector<Setting> read_settings(const Reading& reading, const Tree& root);

/// The settings when no account says otherwise: what has no default is not known.
[[nodiscard]] Settings default_settings(const std::vector<Setting>& declared);

/// `limits:`, of a connector or an account.
[[nodiscard]] std::optional<Rate> read_limits(const Reading& reading, const Tree& node);

/// connectors/NAME/connector.yaml as one account sees it: `reading` replaces ${settings.x} with the account's. What could not be read is
/// left out, and reported.
[[nodiscard]] Connector read_connector_file(const Reading& reading, const Tree& root, const std::string& name,
                                            const Vocabulary& vocabulary);

}  // namespace syncline::config
