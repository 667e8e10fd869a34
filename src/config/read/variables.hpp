// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/read/dotenv.hpp"

namespace syncline::config {

/// Whether a text can be the NAME of ${NAME}.
[[nodiscard]] bool is_variable_name(std::string_view text);

/// What ${settings.x} stands for: a text, or nullopt for a setting that exists and whose value is not known, as its own problem is reported
/// where it is set.
struct Settings {
  std::map<std::string, std::optional<std::string>, std::less<>> values;
  /// The account is not known, so any name may be a setting.
  bool open = false;
};

/// Where ${NAME} is looked for: the environment, then .env.
struct Surroundings {
  std::function<std::optional<std::string>(const std::string&)> environment;
  Assignments dotenv;
  bool dotenv_exists = false;
  /// A single file is checked where its variables need not be set: what they would say is then not checked.
  bool unset_is_unknown = false;
};

/// A text with its ${…} replaced.
struct Replaced {
  std::string text;
  bool unknown = false;              ///< it needs a value that is not known and needs no report: nothing can be said about the text
  std::vector<std::string> missing;  ///< variables that are not set, with every place that was looked in
  std::vector<std::string> errors;   ///< wrong spelling, unknown settings
  std::vector<std::string> used;     ///< what gave the text, or should have: NAME, settings.x
  [[nodiscard]] bool usable() const { return !unknown && missing.empty() && errors.empty(); }
};

/// Replaces ${NAME}, ${NAME:-default} (for unset and for empty, as in shells; the default may hold more of them), ${settings.x}; $${ is a
/// literal ${. Refers to what it was made of; `settings` may be null where a file knows none.
class Variables {
 public:
  Variables(const Surroundings& surroundings, const Settings* settings) : surroundings_(surroundings), settings_(settings) {}
  [[nodiscard]] Replaced replace(std::string_view text) const;

 private:
  void replace_into(Replaced& out, std::string_view text, int depth) const;
  void replace_one(Replaced& out, std::string_view inside, int depth) const;
  void replace_setting(Replaced& out, std::string_view name) const;
  [[nodiscard]] std::optional<std::string> look_up(const std::string& name) const;

  const Surroundings& surroundings_;
  const Settings* settings_;
};

}  // namespace syncline::config
