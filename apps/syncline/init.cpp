// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <fstream>

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

base::Result<void> write_secret_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text << std::flush;
  std::error_code failed;
  // It will hold secrets: nobody else reads it.
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, failed);
  if (!out || failed) return base::fail(usage_error(fmt::format("cannot write {}", file.string())));
  return {};
}

base::Result<std::vector<fs::path>> write_project(const InitOptions& options) {
  const fs::path from = TRY(template_of(options.connector));
  const std::vector<fs::path> files = files_of(from);
  for (const fs::path& file : files) {
    if (fs::exists(options.folder / file))
      return base::fail(usage_error(
          fmt::format("{} is there already: `init` overwrites nothing; name another folder", (options.folder / file).string())));
  }
  for (const fs::path& file : files) {
    std::error_code failed;
    fs::create_directories((options.folder / file).parent_path(), failed);
    fs::copy_file(from / file, options.folder / file, failed);
    if (failed) return base::fail(usage_error(fmt::format("cannot write {}: {}", (options.folder / file).string(), failed.message())));
  }
  if (!options.database.empty() && !fs::exists(options.folder / ".env"))
    TRY(write_secret_file(options.folder / ".env", "DATABASE_URL=" + options.database + "\n"));
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
      "\nnext: put credentials into {0}/.env (see .env.example), then\n  cd {0} && syncline lint && syncline plan && syncline migrate && "
      "syncline sync\n",
      options.folder.string());
  return base::exit_code::Ok;
}

}  // namespace syncline::apps
