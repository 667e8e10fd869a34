// SPDX-License-Identifier: Apache-2.0
#include "wrong_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace syncline::apps {
namespace {

bool is_option(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string suggestion(std::string_view wrong, const std::vector<std::string>& known) {
  const std::string near = base::nearest(wrong, known);
  return near.empty() ? fmt::format("; there are {}", base::joined(known, ", ")) : fmt::format("; did you mean `{}`?", near);
}

/// The first option of these words that the command does not have; "" if it has all of them.
std::string unknown_option(const CLI::App& command, std::span<const std::string> words) {
  const std::vector<std::string> known = options_of(command);
  for (const std::string& word : words) {
    if (word == "--") break;
    std::string name = word.substr(0, word.find('='));
    if (word.starts_with("--") && std::find(known.begin(), known.end(), name) == known.end()) return name;
  }
  return "";
}

/// What the parser says, where a name and a type would not tell a person what to write.
std::string reason(const CLI::App& command, const CLI::ParseError& error) {
  const std::string said = error.what();
  const CLI::Option* option = command.get_option_no_throw(said.substr(0, said.find(':')));
  if (error.get_name() != "ArgumentMismatch" || !option) return base::shown(said, 400);
  return fmt::format("{0} needs a value: {0} {1}", option->get_name(), option->get_type_name());
}

}  // namespace

std::string wrong_words(const CLI::App& app, std::span<const std::string> words, const CLI::ParseError& error) {
  const std::vector<std::string> commands = commands_of(app);
  const auto word = std::find_if_not(words.begin(), words.end(), is_option);
  if (word == words.end()) return fmt::format("a command is missing; there are {}", base::joined(commands, ", "));
  if (std::find(commands.begin(), commands.end(), *word) == commands.end())
    return fmt::format("there is no command `{}`{}", base::shown(*word, 60), suggestion(*word, commands));
  if (word != words.begin())
    return fmt::format("options stand behind the command: `syncline {} {}`", *word, base::shown(words.front(), 60));

  const CLI::App& command = *app.get_subcommand(*word);
  const std::string unknown = unknown_option(command, words.subspan(1));
  const std::string what = unknown.empty() ? reason(command, error)
                                           : fmt::format("`syncline {}` has no option {}{}", *word, base::shown(unknown, 60),
                                                         suggestion(unknown, options_of(command)));
  return fmt::format("{}\n`syncline {} --help` shows how it is used", what, *word);
}

}  // namespace syncline::apps
