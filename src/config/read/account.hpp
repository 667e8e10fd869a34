// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "config/project.hpp"
#include "config/read/connector_file.hpp"
#include "config/read/connector_library.hpp"
#include "config/read/reading.hpp"

namespace syncline::config {

struct AccountRead {
  Account account;
  Settings settings;  ///< the connector's, filled in
};

/// Reads the accounts of syncline.yaml, each with its connector. What could not be read is left out, and reported.
struct AccountReader {
  const Reading& reading;
  const Surroundings& surroundings;
  const Vocabulary& vocabulary;
  ConnectorLibrary& connectors;
  std::vector<Problem>& problems;

  [[nodiscard]] AccountRead read(const Tree::Entry& entry);

 private:
  const FileTree* find_connector(const Tree& node);
  Connector read_connector(const FileTree& file, const Variables& variables, const Keys& keys, const Place& account) const;
  Settings fill_settings(const std::vector<Setting>& declared, const Keys& keys, const std::string& connector) const;
  void read_auth(const Keys& keys, Account& account) const;
};

}  // namespace syncline::config
