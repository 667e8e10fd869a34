// SPDX-License-Identifier: Apache-2.0
#include "config/read/file_tree.hpp"

#include <algorithm>
#include <system_error>

#include "config/read/text_file.hpp"

namespace syncline::config {
namespace {

bool is_plain_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder, const std::string& shown, std::vector<Problem>& problems) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) return files;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) files.push_back(at->path());
  if (error) problems.push_back({{shown, 1, 1}, "this folder cannot be read: " + error.message()});
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

FileTree read_file_tree(const std::filesystem::path& file, const std::string& shown, std::vector<Problem>& problems) {
  FileTree tree{file.stem().string(), shown, {}, false};
  const auto text = read_text_file(file, shown);
  if (!text) {
    problems.push_back(text.error());
    return tree;
  }
  yaml::Parsed parsed = yaml::parse(*text, shown);
  std::move(parsed.problems.begin(), parsed.problems.end(), std::back_inserter(problems));
  tree.root = std::move(parsed.tree);
  tree.readable = parsed.readable;
  return tree;
}

std::vector<FileTree> read_folder(const std::filesystem::path& project, const std::string& folder, std::vector<Problem>& problems) {
  std::vector<FileTree> trees;
  for (const std::filesystem::path& file : files_in(project / folder, folder, problems)) {
    const std::string shown = folder + "/" + file.filename().string(), ending = file.extension().string();
    if (file.filename().string().starts_with('.')) continue;
    if (ending == ".yml") problems.push_back({{shown, 1, 1}, "only *.yaml is read; rename the file"});
    if (ending != ".yaml") continue;
    if (!is_plain_name(file.stem().string()))
      problems.push_back({{shown, 1, 1}, "a file's name has letters, digits, _ and - only; rename it"});
    trees.push_back(read_file_tree(file, shown, problems));
  }
  return trees;
}

}  // namespace syncline::config
