// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Small text functions of the simulator's own: it must be able to disagree with the product about how text is read and written.
namespace syncline::simulators::marianatek {

using Parameters = std::vector<std::pair<std::string, std::string>>;

void append_number(std::string& out, int64_t number);

/// A JSON string literal; what is not ASCII goes out as it is, as Django REST framework does.
void append_json_text(std::string& out, std::string_view text);
[[nodiscard]] std::string json_text(std::string_view text);

/// Digits only, at most 18 of them: "1847.0", "+1" and "" are nothing.
[[nodiscard]] std::optional<int64_t> whole_number(std::string_view text);

/// The parts between separators, without the empty ones.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// The last parameter of that name, as Django's request.GET[name] has it; "" when there is none.
[[nodiscard]] std::string_view last_value(const Parameters& parameters, std::string_view name);

/// An application/x-www-form-urlencoded body; a malformed escape stays as it is.
[[nodiscard]] Parameters form_parameters(std::string_view body);

}  // namespace syncline::simulators::marianatek
