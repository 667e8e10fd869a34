// SPDX-License-Identifier: Apache-2.0
#include "config/read/text_file.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace syncline::config {
namespace {

constexpr size_t BytesMax = 1 << 20;

}  // namespace

tl::expected<std::string, Problem> read_text_file(const std::filesystem::path& file, const std::string& shown) {
  const auto problem = [&](std::string message) { return tl::unexpected(Problem{{shown, 1, 1}, std::move(message)}); };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) return problem("this file is not there");
  if (error) return problem("cannot be read: " + error.message());
  // A pipe or a device would be waited for, perhaps forever.
  if (!std::filesystem::is_regular_file(status)) return problem("is not a regular file");

  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return problem("cannot be read: " + std::generic_category().message(errno));
  std::string text(BytesMax + 1, '\0');
  stream.read(text.data(), std::streamsize(text.size()));
  if (stream.bad()) return problem("cannot be read: " + std::generic_category().message(errno));
  text.resize(size_t(stream.gcount()));
  if (text.size() > BytesMax) return problem("is larger than 1 MiB; split it");
  return text;
}

std::string shown_path(const std::filesystem::path& file, const std::filesystem::path& folder) {
  const std::filesystem::path absolute = std::filesystem::absolute(file).lexically_normal();
  const std::filesystem::path relative = absolute.lexically_relative(std::filesystem::absolute(folder).lexically_normal());
  const bool is_below = !relative.empty() && *relative.begin() != "..";
  return is_below ? relative.string() : file.string();
}

}  // namespace syncline::config
