// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/answers.hpp"

#include "simulators/marianatek/text.hpp"

namespace syncline::simulators::marianatek {
namespace {

http::ServerResponse detail(int status, std::string_view text) {
  return json_answer(status, "{\"detail\":" + json_text(text) + "}", "application/vnd.api+json");
}

}  // namespace

http::ServerResponse json_answer(int status, std::string body, std::string_view type) {
  http::ServerResponse response;
  response.status = status;
  response.headers = {{"Content-Type", std::string(type)}};
  response.body = std::move(body);
  return response;
}

http::ServerResponse api_answer(std::string body) { return json_answer(200, std::move(body), "application/vnd.api+json"); }

http::ServerResponse not_authenticated() {
  http::ServerResponse response = detail(401, "Authentication credentials were not provided.");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

http::ServerResponse forbidden() { return detail(403, "You do not have permission to perform this action."); }
http::ServerResponse not_found() { return detail(404, "Not found."); }
http::ServerResponse not_acceptable() { return detail(406, "Could not satisfy the request Accept header."); }

http::ServerResponse method_not_allowed(std::string_view method) {
  http::ServerResponse response = detail(405, "Method \"" + std::string(method) + "\" not allowed.");
  response.headers.emplace_back("Allow", "GET, HEAD, OPTIONS");
  return response;
}

http::ServerResponse throttled(int64_t seconds) {
  http::ServerResponse response = detail(429, "Request was throttled. Expected available in " + std::to_string(seconds) + " seconds.");
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

http::ServerResponse html_page(int status) {
  const std::string_view title = status == 200 ? "Site Maintenance" : "The request could not be satisfied";
  http::ServerResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "text/html; charset=utf-8"}};
  response.body = "<!DOCTYPE html>\n<html><head><title>" + std::string(title) + "</title></head><body><h1>" + std::string(title) +
                  "</h1></body></html>\n";
  return response;
}

http::ServerResponse answer_of_status(int status) {
  switch (status) {
    case 401:
      return not_authenticated();
    case 403:
      return forbidden();
    case 404:
      return not_found();
    case 406:
      return not_acceptable();
    case 429:
      return detail(429, "Request was throttled.");
    default:
      return status >= 500 || status < 400 ? html_page(status) : detail(status, "The request could not be served.");
  }
}

}  // namespace syncline::simulators::marianatek
