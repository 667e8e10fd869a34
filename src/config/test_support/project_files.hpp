// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/project.hpp"
#include "support/temporary_folder.hpp"

namespace syncline::config::test {

inline base::OptionSpec option(std::string name, base::OptionSpec::Kind kind = base::OptionSpec::Kind::Text) {
  base::OptionSpec spec;
  spec.name = std::move(name);
  spec.kind = kind;
  return spec;
}

inline base::OptionSpec required(base::OptionSpec spec, std::string help = {}) {
  spec.required = true;
  spec.help = std::move(help);
  return spec;
}

inline base::OptionSpec with_fallback(base::OptionSpec spec, std::string fallback) {
  spec.fallback = std::move(fallback);
  return spec;
}

/// Families as the real ones are shaped.
inline Vocabulary vocabulary() {
  using Kind = base::OptionSpec::Kind;
  base::OptionSpec legacy = required(option("password_legacy", Kind::Choice), "RFC 9700 forbids password grants; true says that you know");
  legacy.choices = {"true"};
  base::OptionSpec where = with_fallback(option("in", Kind::Choice), "query");
  where.choices = {"query", "path"};
  Vocabulary vocabulary;
  vocabulary.account_auth = {{"api_key", "", {required(option("key", Kind::Secret), "the key")}},
                             {"oauth_password",
                              "",
                              {required(option("username")), required(option("password", Kind::Secret)), option("client_id"),
                               option("client_secret", Kind::Secret), legacy}},
                             {"basic", "", {required(option("user")), required(option("password", Kind::Secret))}}};
  vocabulary.connector_auth = {{"api_key", "", {with_fallback(option("header"), "Authorization"), option("prefix")}},
                               {"oauth_password", "", {required(option("token_url")), option("extra", Kind::Map)}}};
  vocabulary.paginators = {
      {"page",
       "",
       {required(option("param")), option("size_param"), with_fallback(option("size", Kind::Integer), "100"), option("count", Kind::Path),
        with_fallback(option("zero_based", Kind::Boolean), "false"), where}},
      {"cursor", "", {required(option("from", Kind::Path)), required(option("param")), option("wait", Kind::Duration)}},
      {"none", "", {}}};
  vocabulary.decoders = {{"json_api", "", {with_fallback(option("list", Kind::Path), "data")}}, {"json", "", {option("list", Kind::Path)}}};
  return vocabulary;
}

inline std::string all_messages(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) text += to_string(problem) + "\n";
  return text;
}

/// A small project in a folder of its own that loads; a test writes the file it is about.
class ProjectFiles {
 public:
  ProjectFiles() {
    write("syncline.yaml",
          "syncline: 1\n"
          "database: sqlite:studio.db\n"
          "accounts:\n"
          "  studio:\n"
          "    connector: crm\n"
          "    settings: {host: acme.example.com}\n"
          "    auth: [{api_key: \"${KEY}\"}]\n");
    write("connectors/crm/connector.yaml", Connector);
    write("entities/customers.yaml", "table: customers\naccount: studio\nfrom: contacts\nkey: {column: crm_id, from: id}\n");
    write("rules/origin.yaml", "inputs: {origin: source}\nrules: [{when: {origin: {equals: web}}, then: online}]\n");
    environment["KEY"] = "a-secret-key";
  }

  static constexpr std::string_view Connector =
      "settings:\n"
      "  host: {required: true, help: the host}\n"
      "  zone: {default: UTC}\n"
      "base_url: https://${settings.host}/api/\n"
      "auth: {api_key: {prefix: \"Bearer \"}}\n"
      "streams:\n"
      "  contacts: {get: /contacts, records: {json: data}, key: id}\n";

  void write(const std::filesystem::path& name, std::string_view text) const { folder_.write(name, text); }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

  [[nodiscard]] LoadOptions options() const {
    LoadOptions options;
    options.folder = path();
    options.vocabulary = vocabulary();
    options.environment = [this](const std::string& name) {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    return options;
  }

  [[nodiscard]] tl::expected<Project, std::vector<Problem>> load() const { return load_project(options()); }
  /// A line for each problem.
  [[nodiscard]] std::string problems() const {
    const auto project = load();
    return project ? "" : all_messages(project.error());
  }

  std::map<std::string, std::string> environment;

 private:
  syncline::test::TemporaryFolder folder_;
};

}  // namespace syncline::config::test
