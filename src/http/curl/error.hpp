// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <curl/curl.h>

#include <string_view>

#include "base/error.hpp"

namespace syncline::http {

/// Whether any byte of the request may have left us: decides what may be tried again.
enum class Sent { No, Maybe };

/// What curl's failure asks us to do. `detail` is curl's own text. Transient errors carry the code "not_sent" when nothing was sent, and
/// otherwise "deadline", "cut_answer" or "no_answer".
[[nodiscard]] base::Error error_of(CURLcode code, std::string_view detail, Sent sent);

}  // namespace syncline::http
