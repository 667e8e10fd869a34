// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "config/place.hpp"
#include "config/read/variables.hpp"
#include "config/yaml/tree.hpp"

namespace syncline::config {

/// Whose values a connector file was filled with.
struct Blamed {
  const Variables& variables;
  Place account;                                                          ///< where the account stands in syncline.yaml
  std::function<std::optional<Place>(std::string_view setting)> written;  ///< where a setting's value stands there, if it does
};

/// A connector is the same for everybody: a wrong text in it that came from a setting or a variable is shown where that can be mended, with
/// the connector's own place behind it.
void blame_the_account(std::vector<Problem>& problems, const yaml::Tree& connector, const Blamed& blamed);

}  // namespace syncline::config
