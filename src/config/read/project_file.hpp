// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>

#include "config/project.hpp"
#include "config/read/connector_library.hpp"
#include "config/read/reading.hpp"

namespace syncline::config {

/// syncline.yaml as it was read: the project without its entities and rules, and what the entities' files need.
struct ProjectFile {
  Project project;
  std::map<std::string, Settings, std::less<>> settings;  ///< of each account
};

/// Reads syncline.yaml and the connectors its accounts name. What could not be read is left out, and reported.
[[nodiscard]] ProjectFile read_project_file(const LoadOptions& options, const Surroundings& surroundings, ConnectorLibrary& connectors,
                                            const FileTree& file, std::vector<Problem>& problems);

}  // namespace syncline::config
