// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string_view>

#include "base/result.hpp"

namespace syncline::schema {

/// Writes a file that is there wholly or not at all, also after a power cut: under a hidden name beside it, which is renamed when the disk
/// has it. Makes the folder. An error names the file and what failed; nothing is left behind then.
base::Result<void> write_durably(const std::filesystem::path& file, std::string_view text);

}  // namespace syncline::schema
