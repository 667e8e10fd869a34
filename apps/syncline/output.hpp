// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.hpp"
#include "commands.hpp"

/// How every subcommand speaks: documents on stdout, errors on stderr, and with --json an error is a document, too.
namespace syncline::apps {

using Json = nlohmann::ordered_json;

/// What was asked for on the command line cannot be done: exit code 20.
[[nodiscard]] base::Error usage_error(std::string message);

/// The one document of `--json`; bytes that are not UTF-8 are replaced, for nothing may stop a report.
void print_json(const Json& document);

/// Prints an error as the output wants it; returns its exit code.
int print_error(const CommonOptions& common, const base::Error& error);

}  // namespace syncline::apps
