// SPDX-License-Identifier: Apache-2.0
#include "config/read/connector_library.hpp"

#include <algorithm>
#include <system_error>

#include "base/text.hpp"
#include "config/read/text_file.hpp"

namespace syncline::config {

std::vector<std::filesystem::path> ConnectorLibrary::folders() const {
  std::vector<std::filesystem::path> folders{options_.folder / "connectors"};
  folders.insert(folders.end(), options_.connector_folders.begin(), options_.connector_folders.end());
  return folders;
}

std::vector<std::string> ConnectorLibrary::names() const {
  std::vector<std::string> names;
  for (const std::filesystem::path& folder : folders()) {
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      std::error_code ignored;
      if (std::filesystem::exists(at->path() / "connector.yaml", ignored)) names.push_back(at->path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

const FileTree* ConnectorLibrary::find(const std::string& name) {
  if (const auto known = read_.find(name); known != read_.end()) return &known->second;
  // Only what a folder lists is opened: a name such as ../x cannot leave it.
  const std::vector<std::string> known = names();
  if (std::find(known.begin(), known.end(), name) == known.end()) return nullptr;
  for (const std::filesystem::path& folder : folders()) {
    const std::filesystem::path file = folder / name / "connector.yaml";
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) continue;
    FileTree tree = read_file_tree(file, shown_path(file, options_.folder), problems_);
    tree.name = name;
    return &read_.emplace(name, std::move(tree)).first->second;
  }
  return nullptr;
}

std::string ConnectorLibrary::looked_in() const {
  std::vector<std::string> shown;
  for (const std::filesystem::path& folder : folders()) shown.push_back(shown_path(folder, options_.folder));
  return base::joined(shown, ", ");
}

}  // namespace syncline::config
