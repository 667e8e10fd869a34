// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>

#include "config/project.hpp"
#include "config/read/file_tree.hpp"

namespace syncline::config {

/// The connectors a project may name: its own connectors/, then the folders of LoadOptions. Each file is read once, whoever uses it.
class ConnectorLibrary {
 public:
  ConnectorLibrary(const LoadOptions& options, std::vector<Problem>& problems) : options_(options), problems_(problems) {}
  /// nullptr if there is none of that name. A file that is not readable has been reported.
  const FileTree* find(const std::string& name);
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::string looked_in() const;

 private:
  [[nodiscard]] std::vector<std::filesystem::path> folders() const;

  const LoadOptions& options_;
  std::vector<Problem>& problems_;
  std::map<std::string, FileTree> read_;
};

}  // namespace syncline::config
