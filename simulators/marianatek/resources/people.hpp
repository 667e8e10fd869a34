// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "simulators/marianatek/world.hpp"

namespace syncline::simulators::marianatek {

/// The e-mail a user's own address has before blank, shared and edited ones are considered.
[[nodiscard]] std::string own_email(const Row& user);

[[nodiscard]] std::string_view some_first_name(uint64_t number);
[[nodiscard]] std::string_view some_last_name(uint64_t number);
/// Of an employee, by index; no two have the same.
[[nodiscard]] std::string instructor_name(int64_t employee);

}  // namespace syncline::simulators::marianatek
