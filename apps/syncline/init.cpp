// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.hpp"
#include "commands.hpp"
#include "context.hpp"
#include "output.hpp"

namespace syncline::apps {
namespace {

namespace fs = std::filesystem;

/// The connector's template of a project, from the first folder that has one.
base::Result<fs::path> template_of(const std::string& connector) {
  std::vector<std::string> known;
  for (const fs::path& folder : connector_folders()) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (fs::exists(entry.path() / "project" / "syncline.yaml")) known.push_back(entry.path().filename().string());
    }
  }
  for (const fs::path& folder : connector_folders()) {
    if (std::find(known.begin(), known.end(), connector) != known.end() && fs::exists(folder / connector / "project"))
      return folder / connector / "project";
  }
  const std::string near = base::nearest(connector, known);
  return base::fail(usage_error(
      fmt::format("no connector `{}` ships{}", base::shown(connector),
                  near.empty() ? fmt::format("; there are {}", base::joined(known, ", ")) : fmt::format("; did you mean `{}`?", near))));
}

/// Every file of the template, relative to it.
std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) out.push_back(fs::relative(entry.path(), folder));
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// A value as .env takes it: in quotes, unless it is of plain characters.
std::string dotenv_value(std::string_view value) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/@%+=,?&~";
  if (value.find_first_not_of(plain) == value.npos) return std::string(value);
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// A word as a shell takes it.
std::string shell_quoted(const std::string& word) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:@%+=,";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// A new file that only its owner reads, from its first byte on.
base::Result<void> write_secret_file(const fs::path& file, std::string_view text) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  const auto wrong = [&](int why) { return base::fail(usage_error(fmt::format("cannot write {}: {}", file.string(), strerror(why)))); };
  if (descriptor < 0) return wrong(errno);
  const ssize_t written = write(descriptor, text.data(), text.size());
  const int why = written < 0 ? errno : ENOSPC;
  if (close(descriptor) == 0 && written == ssize_t(text.size())) return {};
  return wrong(why);
}

/// Before anything is written: `init` does all of it or nothing.
base::Result<void> check_can_be_written(const InitOptions& options, const std::vector<fs::path>& files) {
  for (const fs::path& file : files) {
    if (fs::exists(fs::symlink_status(options.folder / file)))
      return base::fail(usage_error(
          fmt::format("{} is there already: `init` overwrites nothing; name another folder", (options.folder / file).string())));
  }
  if (options.database.empty()) return {};
  const std::string& url = options.database;
  if (!url.starts_with("sqlite:") && !url.starts_with("postgresql://") && !url.starts_with("postgres://"))
    return base::fail(usage_error("--database must begin with postgresql:// or sqlite:, such as sqlite:studio.db"));
  if (url.find_first_of("\r\n") != url.npos) return base::fail(usage_error("--database is one line"));
  if (fs::exists(fs::symlink_status(options.folder / ".env")))
    return base::fail(
        usage_error(fmt::format("{} is there already, and `init` overwrites nothing: write DATABASE_URL into it yourself and "
                                "leave out --database, or name another folder",
                                (options.folder / ".env").string())));
  return {};
}

/// The files that were written, relative to the project's folder.
base::Result<std::vector<fs::path>> write_project(const InitOptions& options) {
  const fs::path from = TRY(template_of(options.connector));
  std::vector<fs::path> files = files_of(from);
  TRY(check_can_be_written(options, files));
  for (const fs::path& file : files) {
    std::error_code failed;
    fs::create_directories((options.folder / file).parent_path(), failed);
    fs::copy_file(from / file, options.folder / file, failed);
    if (failed) return base::fail(usage_error(fmt::format("cannot write {}: {}", (options.folder / file).string(), failed.message())));
  }
  if (!options.database.empty()) {
    TRY(write_secret_file(options.folder / ".env", "DATABASE_URL=" + dotenv_value(options.database) + "\n"));
    files.insert(files.begin(), ".env");
  }
  return files;
}

}  // namespace

int init(const CommonOptions& common, const InitOptions& options) {
  const auto files = write_project(options);
  if (!files) return print_error(common, files.error());
  if (common.output == CommonOptions::Output::Json) {
    Json list = Json::array();
    for (const auto& file : *files) list.push_back(file.string());
    print_json({{"folder", options.folder.string()}, {"files", list}});
    return base::exit_code::Ok;
  }
  for (const auto& file : *files) fmt::print("wrote  {}\n", (options.folder / file).string());
  fmt::print(
      "\nnext: put credentials into {} (.env.example says which), then\n  cd {}\n  syncline lint && syncline plan\n  syncline migrate && "
      "syncline sync\n",
      (options.folder / ".env").string(), shell_quoted(options.folder.string()));
  return base::exit_code::Ok;
}

}  // namespace syncline::apps
