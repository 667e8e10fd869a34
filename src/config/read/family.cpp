// SPDX-License-Identifier: Apache-2.0
#include "config/read/family.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "config/read/suggestion.hpp"
#include "config/rules.hpp"

namespace syncline::config {
namespace {

using Kind = base::OptionSpec::Kind;

std::vector<std::string> names_of(const std::vector<base::Spec>& members) {
  std::vector<std::string> names;
  for (const base::Spec& member : members) names.push_back(member.name);
  return names;
}

std::string help_of(const base::OptionSpec& option) { return option.help.empty() ? std::string() : ": " + option.help; }

/// Reads the options of one member.
class OptionsReader {
 public:
  OptionsReader(const Reading& reading, const Family& family, const base::Spec& spec, const Tree::Entry& member)
      : reading_(reading), family_(family), spec_(spec), member_(member) {}

  Options read() {
    options_.name = spec_.name;
    options_.place = reading_.place(member_.spot);
    switch (member_.value.kind) {
      case Tree::Kind::Null:
        break;
      case Tree::Kind::Scalar:
        read_shorthand();
        break;
      case Tree::Kind::Map:
        read_map();
        break;
      case Tree::Kind::List:
        reading_.problem(member_.value.spot, fmt::format("the options of `{}` must be a map, not a list", spec_.name));
        return std::move(options_);
    }
    complete();
    return std::move(options_);
  }

 private:
  void read_shorthand() {
    if (spec_.options.empty()) {
      reading_.problem(member_.value.spot, fmt::format("`{}` has no options; write {}: {{}}", spec_.name, spec_.name));
      return;
    }
    read_option(spec_.options.front(), member_.value);
  }

  void read_map() {
    std::vector<std::string> known;
    for (const base::OptionSpec& option : spec_.options) known.push_back(option.name);
    for (const Tree::Entry& entry : member_.value.entries) {
      const auto option = std::find_if(spec_.options.begin(), spec_.options.end(), [&](const auto& o) { return o.name == entry.key; });
      if (option == spec_.options.end()) {
        reading_.problem(entry.spot,
                         fmt::format("`{}` has no option `{}`{}", spec_.name, base::shown(entry.key, 60), suggestion(entry.key, known)));
      } else if (entry.value.kind != Tree::Kind::Null) {
        read_option(*option, entry.value);
      }
    }
  }

  void read_option(const base::OptionSpec& option, const Tree& node) {
    written_.push_back(option.name);
    if (option.kind == Kind::Map) return read_names(option, node);
    std::optional<std::string> text = family_.unset == Unset::Record ? reading_.credential(node, option.name, options_.missing_variables)
                                                                     : reading_.text(node, option.name);
    // What depends on a variable that is not set is not judged: the member will not be used.
    if (!text || (text->empty() && !options_.missing_variables.empty())) return;
    if (option.kind == Kind::Secret) base::Secret{*text};
    if (option.required && text->empty()) return refuse_empty(option, node);
    if (std::optional<std::string> wrong = mistake(option, *text)) return reading_.problem(node.spot, std::move(*wrong));
    options_.values[option.name] = std::move(*text);
  }

  void refuse_empty(const base::OptionSpec& option, const Tree& node) {
    const std::string message = fmt::format("`{}` of {} is empty", option.name, spec_.name);
    if (family_.unset == Unset::Record) {
      options_.missing_variables.push_back(message);
    } else {
      reading_.problem(node.spot, message + help_of(option));
    }
  }

  /// What is wrong with an option's text, seen by its kind.
  [[nodiscard]] static std::optional<std::string> mistake(const base::OptionSpec& option, const std::string& text) {
    const auto must_be = [&](std::string_view what) {
      return fmt::format("`{}` must be {}, not `{}`", option.name, what, base::shown(text, 60));
    };
    switch (option.kind) {
      case Kind::Text:
      case Kind::Secret:
      case Kind::Map:
        return std::nullopt;
      case Kind::Integer:
        return is_integer(text) ? std::nullopt : std::optional(must_be("a whole number"));
      case Kind::Boolean:
        return text == "true" || text == "false" ? std::nullopt : std::optional(must_be("true or false"));
      case Kind::Duration:
        return base::parse_duration(text) ? std::nullopt : std::optional(must_be("a duration such as 500ms, 3s, 5m, 2h or 1d"));
      case Kind::Choice:
        if (std::find(option.choices.begin(), option.choices.end(), text) != option.choices.end()) return std::nullopt;
        return fmt::format("`{}` cannot be `{}`{}{}", option.name, base::shown(text, 60), suggestion(text, option.choices),
                           help_of(option));
      case Kind::Path:
        if (text.empty()) return std::nullopt;
        if (const auto path = parse_path(text); !path) return path.error().message;
        return std::nullopt;
    }
    return std::nullopt;
  }

  [[nodiscard]] static bool is_integer(const std::string& text) {
    const std::string_view digits = std::string_view(text).substr(text.starts_with('-') ? 1 : 0);
    // 18 digits fit an int64_t, whatever they are.
    return !digits.empty() && digits.size() <= 18 && digits.find_first_not_of("0123456789") == std::string_view::npos;
  }

  void read_names(const base::OptionSpec& option, const Tree& node) {
    std::map<std::string, std::string>& names = options_.maps[option.name];
    for (const Tree::Entry& entry : entries_of(reading_, node, option.name, "{name: text}")) {
      if (auto text = family_.unset == Unset::Record ? reading_.credential(entry.value, entry.key, options_.missing_variables)
                                                     : reading_.text(entry.value, entry.key)) {
        names[entry.key] = std::move(*text);
      }
    }
  }

  /// Reports required options that nobody wrote; the others get their fallback.
  void complete() {
    for (const base::OptionSpec& option : spec_.options) {
      if (std::find(written_.begin(), written_.end(), option.name) != written_.end()) continue;
      if (option.required) reading_.problem(member_.spot, fmt::format("`{}` needs `{}`{}", spec_.name, option.name, help_of(option)));
      if (!option.fallback.empty()) options_.values[option.name] = option.fallback;
    }
  }

  const Reading& reading_;
  const Family& family_;
  const base::Spec& spec_;
  const Tree::Entry& member_;
  Options options_;
  std::vector<std::string> written_;
};

}  // namespace

std::optional<Options> read_options(const Reading& reading, const Family& family, const Tree::Entry& member) {
  const auto spec = std::find_if(family.members.begin(), family.members.end(), [&](const auto& s) { return s.name == member.key; });
  if (spec == family.members.end()) {
    reading.problem(member.spot, fmt::format("`{}` is not {}{}", base::shown(member.key, 60), family.name,
                                             suggestion(member.key, names_of(family.members))));
    return std::nullopt;
  }
  return OptionsReader(reading, family, *spec, member).read();
}

std::optional<Options> read_member(const Reading& reading, const Family& family, const Tree& node, std::string_view key) {
  if (node.kind == Tree::Kind::Scalar) return read_options(reading, family, {node.text, node.spot, Tree::at(node.spot)});
  if (node.kind == Tree::Kind::Map && node.entries.size() == 1) return read_options(reading, family, node.entries.front());
  reading.problem(node.spot, fmt::format("`{}` must name {} and its options, such as {{NAME: {{option: value}}}}{}", key, family.name,
                                         all_of(names_of(family.members))));
  return std::nullopt;
}

}  // namespace syncline::config
