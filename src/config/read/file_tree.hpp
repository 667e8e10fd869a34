// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "config/place.hpp"
#include "config/yaml/tree.hpp"

namespace syncline::config {

/// A YAML file as it was read.
struct FileTree {
  std::string name;   ///< the file's name without .yaml
  std::string shown;  ///< as problems name the file
  yaml::Tree root;
  bool readable = false;  ///< false: a problem says why
};

/// Reads one file; its problems are added.
[[nodiscard]] FileTree read_file_tree(const std::filesystem::path& file, const std::string& shown, std::vector<Problem>& problems);

/// Every *.yaml of project/folder, in name order; hidden files and other endings are left alone, except .yml, which is a problem, as it
/// would be missed in silence. None if the folder is not there.
[[nodiscard]] std::vector<FileTree> read_folder(const std::filesystem::path& project, const std::string& folder,
                                                std::vector<Problem>& problems);

}  // namespace syncline::config
