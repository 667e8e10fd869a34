// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "config/test_support/project_files.hpp"

namespace syncline::config {
namespace {

/// Tests run somewhere below the repository's folder.
std::filesystem::path repository() {
  for (std::filesystem::path at = std::filesystem::current_path(); at != at.parent_path(); at = at.parent_path()) {
    if (std::filesystem::exists(at / "connectors/marianatek/connector.yaml")) return at;
  }
  return {};
}

LoadOptions example_options(const std::map<std::string, std::string>& environment) {
  LoadOptions options;
  options.folder = repository() / "connectors/marianatek/project";
  options.connector_folders = {repository() / "connectors"};
  options.vocabulary = test::vocabulary();
  options.environment = [environment](const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  };
  return options;
}

TEST(ExampleProject, LoadsWithoutAnyVariable) {
  ASSERT_FALSE(repository().empty()) << "run the tests from a folder below the repository's";
  const auto project = load_project(example_options({}));
  ASSERT_TRUE(project) << test::all_messages(project.error());
  EXPECT_EQ(project->entities.size(), 5u);
  EXPECT_EQ(project->entities[4].name, "reservations");
  ASSERT_EQ(project->accounts.size(), 1u);
  const Account& studio = project->accounts[0];
  ASSERT_EQ(studio.auth.size(), 2u);
  EXPECT_EQ(studio.auth[0].missing_variables, std::vector<std::string>{"MT_API_KEY is not set (looked in: environment, .env (not there))"});
  EXPECT_EQ(studio.auth[1].missing_variables.size(), 2u);
  EXPECT_EQ(studio.connector.base_url, "https://MT_HOST-is-not-set.example");
}

}  // namespace
}  // namespace syncline::config
