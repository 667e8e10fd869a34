// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "config/project.hpp"
#include "config/read/file_tree.hpp"

namespace syncline::config {

/// An entity with the file it was read from.
struct EntityFile {
  Entity entity;
  FileTree file;
};

/// What is wrong inside one entity that no single key shows: a column that is written twice, a local column that is mapped.
void check_columns(const EntityFile& entity, std::vector<Problem>& problems);

/// What the files of a project say of each other: names that do not exist, relations in a circle, two entities that write the same rows,
/// or the same column of them.
/// `project` holds the accounts and rules; accounts are not judged if syncline.yaml could not be read.
void check_across_files(const Project& project, bool accounts_known, const std::vector<EntityFile>& entities,
                        std::vector<Problem>& problems);

}  // namespace syncline::config
