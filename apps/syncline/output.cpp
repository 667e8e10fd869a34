// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <fmt/format.h>

#include "base/secret.hpp"

namespace syncline::apps {

base::Error usage_error(std::string message) {
  return {base::ErrorKind::BadConfig, base::Side::Files, std::move(message), "usage", "", {}};
}

void print_json(const Json& document) { fmt::print("{}\n", document.dump(2, ' ', false, Json::error_handler_t::replace)); }

int print_error(const CommonOptions& common, const base::Error& error) {
  const int code = base::exit_code_of(error);
  const std::string message = base::redact(error.message);
  if (common.output == CommonOptions::Output::Json) {
    const std::string word = error.code.empty() ? std::string(name_of(error.kind)) : error.code;
    print_json({{"error", {{"code", word}, {"message", message}}}, {"exit", code}});
  }
  fmt::print(stderr, "{}\n", message);
  return code;
}

}  // namespace syncline::apps
