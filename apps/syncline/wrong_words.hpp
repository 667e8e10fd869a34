// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <span>
#include <string>

namespace syncline::apps {

/// What is wrong with a command line that the parser refused, and what to write instead. `words` are those behind the program's name.
[[nodiscard]] std::string wrong_words(const CLI::App& app, std::span<const std::string> words, const CLI::ParseError& error);

}  // namespace syncline::apps
