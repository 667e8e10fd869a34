// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "config/place.hpp"

namespace syncline::config {

/// The bytes of a regular file of at most 1 MiB. `shown` is the file as problems name it.
[[nodiscard]] tl::expected<std::string, Problem> read_text_file(const std::filesystem::path& file, const std::string& shown);

/// A file as the user would name it: relative to the folder when it is below it.
[[nodiscard]] std::string shown_path(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace syncline::config
