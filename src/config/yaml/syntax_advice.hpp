// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace syncline::config::yaml {

/// What a person should do about one of yaml-cpp's messages, seen on a line of the file.
[[nodiscard]] std::string syntax_advice(std::string_view message, std::string_view line);

/// Whether a text that begins with a quote lacks the closing one. Texts that begin otherwise (block texts) are closed by themselves.
[[nodiscard]] bool is_unclosed_quote(std::string_view text);

}  // namespace syncline::config::yaml
