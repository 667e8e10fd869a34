// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/spec.hpp"
#include "config/place.hpp"

namespace syncline::config {

/// The options of one member of a family (an AuthMethod, a Paginator, a Decoder), checked against its Spec: every required one is there,
/// every value is of its kind, absent ones hold the Spec's fallback, ${…} is replaced.
struct Options {
  std::string name;  ///< which member: "api_key", "page", "json_api"
  std::map<std::string, std::string, std::less<>> values;
  std::map<std::string, std::map<std::string, std::string>, std::less<>> maps;  ///< options of kind Map
  /// Variables that were asked for and are not set, with every place that was looked in: the member cannot be used, which is no error of
  /// the file. "MT_API_KEY is not set (looked in: environment, .env)".
  std::vector<std::string> missing_variables;
  Place place;

  /// The option's text; "" when it has none.
  [[nodiscard]] std::string_view text(std::string_view option) const;
  [[nodiscard]] int64_t integer(std::string_view option) const;
  [[nodiscard]] bool boolean(std::string_view option) const;
  [[nodiscard]] bool has(std::string_view option) const { return !text(option).empty(); }
};

/// The families a file may choose from, each with its members' Specs. apps collects them from the floors above this one.
struct Vocabulary {
  std::vector<base::Spec> account_auth;    ///< what an account writes under `auth:` (the credentials)
  std::vector<base::Spec> connector_auth;  ///< what a connector writes under `auth:` (where and how they are sent)
  std::vector<base::Spec> paginators;
  std::vector<base::Spec> decoders;
};

}  // namespace syncline::config
