// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/error.hpp"
#include "commands.hpp"
#include "config/project.hpp"
#include "context.hpp"
#include "output.hpp"

namespace syncline::apps {

int lint(const CommonOptions& common, const std::vector<std::filesystem::path>& files) {
  const auto options = load_options(common);
  if (!options) return print_error(common, options.error());
  std::vector<config::Problem> problems;
  if (files.empty()) {
    if (auto project = config::load_project(*options); !project) problems = std::move(project).error();
  } else {
    problems = config::lint_files(*options, files);
  }
  if (common.output == CommonOptions::Output::Json) {
    Json list = Json::array();
    for (const config::Problem& p : problems)
      list.push_back({{"file", p.place.file}, {"line", p.place.line}, {"column", p.place.column}, {"message", p.message}});
    print_json({{"problems", list}});
  } else {
    for (const config::Problem& problem : problems) fmt::print("{}\n", to_string(problem));
    if (problems.empty()) fmt::print("every file is right; `syncline plan` compares them with the database\n");
  }
  return problems.empty() ? base::exit_code::Ok : base::exit_code::Usage;
}

}  // namespace syncline::apps
