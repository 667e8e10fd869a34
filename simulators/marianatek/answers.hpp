// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "http/server.hpp"

/// The vendor's answers that are not data, word for word.
namespace syncline::simulators::marianatek {

[[nodiscard]] http::ServerResponse json_answer(int status, std::string body, std::string_view type = "application/json");
[[nodiscard]] http::ServerResponse api_answer(std::string body);  ///< 200 with the media type of JSON:API

/// Missing, expired and garbage credentials all get this one.
[[nodiscard]] http::ServerResponse not_authenticated();
[[nodiscard]] http::ServerResponse forbidden();
[[nodiscard]] http::ServerResponse not_found();
[[nodiscard]] http::ServerResponse not_acceptable();
[[nodiscard]] http::ServerResponse method_not_allowed(std::string_view method);
[[nodiscard]] http::ServerResponse throttled(int64_t seconds);
/// What a CDN or a maintenance page says.
[[nodiscard]] http::ServerResponse html_page(int status);
/// The answer of that status as the vendor would phrase it.
[[nodiscard]] http::ServerResponse answer_of_status(int status);

}  // namespace syncline::simulators::marianatek
