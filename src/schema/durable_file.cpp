// SPDX-License-Identifier: Apache-2.0
#include "schema/durable_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace syncline::schema {
namespace {

/// An open file or folder; closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] bool open() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

base::Error file_error(const std::filesystem::path& file, const std::error_code& why) {
  return {base::ErrorKind::BadConfig,
          base::Side::Files,
          fmt::format("{} cannot be written: {}; nothing was saved", file.string(), why.message()),
          "migration",
          "",
          {}};
}

std::error_code last_error() { return {errno, std::generic_category()}; }

std::error_code write_all(const std::filesystem::path& file, std::string_view text) {
  const Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!out.open()) return last_error();
  while (!text.empty()) {
    const ssize_t written = ::write(out.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error();
    text.remove_prefix(size_t(written));
  }
  return ::fsync(out.number()) == 0 ? std::error_code() : last_error();
}

/// The new name must be on the disk, too.
std::error_code keep_names(const std::filesystem::path& folder) {
  const Descriptor out(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!out.open()) return last_error();
  // Some file systems do not do this for folders, and say so.
  return ::fsync(out.number()) == 0 || errno == EINVAL ? std::error_code() : last_error();
}

}  // namespace

base::Result<void> write_durably(const std::filesystem::path& file, std::string_view text) {
  std::error_code failed;
  std::filesystem::create_directories(file.parent_path(), failed);
  if (failed) return base::fail(file_error(file, failed));
  const std::filesystem::path hidden = file.parent_path() / fmt::format(".{}.{}.part", file.filename().string(), ::getpid());
  failed = write_all(hidden, text);
  if (!failed) std::filesystem::rename(hidden, file, failed);
  if (failed) {
    std::error_code ignored;
    std::filesystem::remove(hidden, ignored);
    return base::fail(file_error(file, failed));
  }
  if (const auto unkept = keep_names(file.parent_path())) return base::fail(file_error(file, unkept));
  return {};
}

}  // namespace syncline::schema
