// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/secret.hpp"
#include "config/test_support/project_files.hpp"

namespace syncline::config {
namespace {

constexpr std::string_view Accounts = "accounts: {studio: {connector: crm, settings: {host: x}, auth: [api_key: k]}}\n";

/// What is wrong with a syncline.yaml of these lines and good accounts.
std::string problems_of(std::string_view lines) {
  const test::ProjectFiles files;
  files.write("syncline.yaml", std::string(lines) + std::string(Accounts));
  return files.problems();
}

/// What is wrong with the account `studio`, its keys written in line 3 from column 21.
std::string problems_of_account(std::string_view keys) {
  const test::ProjectFiles files;
  files.write("syncline.yaml", "syncline: 1\ndatabase: sqlite:x\naccounts: {studio: {" + std::string(keys) + "}}\n");
  return files.problems();
}

std::string at(std::string_view place, std::string_view message) {
  return "syncline.yaml:" + std::string(place) + ": " + std::string(message) + "\n";
}

TEST(ProjectFile, KeysThatAreNotBuiltAreRefused) {
  EXPECT_EQ(problems_of("syncline: 1\ndatabase: sqlite:x\nschedule: []\n"),
            at("3:1", "unknown key `schedule`; use one of syncline, database, network, tables_prefix, batch_rows, accounts"));
  EXPECT_EQ(problems_of_account("connector: crm, settings: {host: x}, auth: [api_key: k], role: admin"),
            at("3:78", "unknown key `role`; use one of connector, settings, limits, auth"));
}

TEST(ProjectFile, TheRowsOfATransactionArePinnedForEntitiesThatSayNothing) {
  const test::ProjectFiles files;
  files.write("syncline.yaml", "syncline: 1\ndatabase: sqlite:x\nbatch_rows: 500\n" + std::string(Accounts));
  constexpr std::string_view entity = "table: t\naccount: studio\nfrom: contacts\nkey: {column: crm_id, from: id}\n";
  files.write("entities/a.yaml", entity);
  files.write("entities/b.yaml", std::string(entity.substr(0, 7)) + "u" + std::string(entity.substr(8)) + "batch_rows: 60\n");
  const auto project = files.load();
  ASSERT_TRUE(project) << test::all_messages(project.error());
  EXPECT_EQ(project->entity("a")->batch_rows, 500);
  EXPECT_EQ(project->entity("b")->batch_rows, 60);
  EXPECT_EQ(problems_of("syncline: 1\ndatabase: sqlite:x\nbatch_rows: 1\n"),
            at("3:13", "`batch_rows` is 50 to 100,000, not 1; leave it out, and transactions adapt to rows, bytes and time"));
}

TEST(ProjectFile, NeedsItsVersionDatabaseAndAccounts) {
  const test::ProjectFiles files;
  files.write("syncline.yaml", "{}\n");
  EXPECT_EQ(files.problems(),
            at("1:1", "required key `accounts` is missing; write `accounts:` and a map of them") +
                at("1:1", "required key `database` is missing; write `database: sqlite:studio.db` or a postgresql:// URL") +
                at("1:1", "required key `syncline` is missing; write `syncline: 1`, the version of these files' format"));
  EXPECT_EQ(problems_of("syncline: 2\ndatabase: sqlite:x\n"), at("1:11", "this program reads format version 1, not `2`"));
}

TEST(ProjectFile, AWrongDatabaseIsNotShown) {
  EXPECT_EQ(problems_of("syncline: 1\ndatabase: mysql://user:secret@host\n"),
            at("2:11", "`database` must begin with postgresql:// or sqlite:, such as sqlite:studio.db"));
  EXPECT_EQ(problems_of("syncline: 1\ndatabase: 'sqlite:'\n"),
            at("2:11", "`database` must begin with postgresql:// or sqlite:, such as sqlite:studio.db"));
}

TEST(ProjectFile, ADatabaseWhoseVariableIsNotSetIsNoErrorOfTheFile) {
  const test::ProjectFiles files;
  files.write("syncline.yaml", "syncline: 1\ndatabase: ${DB}\n" + std::string(Accounts));
  const auto project = files.load();
  ASSERT_TRUE(project) << test::all_messages(project.error());
  EXPECT_TRUE(project->database.empty());
  EXPECT_EQ(project->missing_variables, std::vector<std::string>{"DB is not set (looked in: environment, .env (not there))"});
}

TEST(ProjectFile, ARelativeDatabaseFileBelongsToTheProject) {
  const test::ProjectFiles files;
  EXPECT_EQ(files.load()->database.reveal(), "sqlite:" + (files.path() / "studio.db").string());
  files.write("syncline.yaml", "syncline: 1\ndatabase: sqlite:/var/lib/x.db\n" + std::string(Accounts));
  EXPECT_EQ(files.load()->database.reveal(), "sqlite:/var/lib/x.db");
}

TEST(ProjectFile, ADatabasePasswordIsNeverShown) {
  const test::ProjectFiles files;
  files.write("syncline.yaml", "syncline: 1\ndatabase: postgresql://me:pass-word-of-a-database@host/db\n" + std::string(Accounts));
  ASSERT_TRUE(files.load());
  EXPECT_EQ(base::redact("password pass-word-of-a-database failed"), "password *** failed");
}

TEST(ProjectFile, NetworkAndPrefixAreChecked) {
  EXPECT_EQ(problems_of("syncline: 1\ndatabase: sqlite:x\nnetwork: {allow_private: maybe, proxy: x}\n"),
            at("3:26", "`allow_private` cannot be `maybe`; use one of true, false") +
                at("3:33", "unknown key `proxy`; use one of allow_private, ca_file"));
  const std::string problem = problems_of("syncline: 1\ndatabase: sqlite:x\nnetwork: {ca_file: no.pem}\n");
  EXPECT_EQ(problem.rfind("syncline.yaml:3:20: `ca_file` is no file: ", 0), 0u) << problem;
  for (const char* prefix : {"A_", "a-b", "1a", "a.", "a_prefix_that_is_longer_than_32_by"}) {
    EXPECT_EQ(problems_of("syncline: 1\ndatabase: sqlite:x\ntables_prefix: " + std::string(prefix) + "\n"),
              at("3:16", "`tables_prefix` has a to z, 0 to 9 and _ only, no digit first, and at most 32 of them, not `" +
                             std::string(prefix) + "`"));
  }
}

TEST(ProjectFile, IsReadWhole) {
  test::ProjectFiles files;
  files.environment["PRIVATE"] = "true";
  files.write("ca.pem", "x");
  files.write("syncline.yaml",
              "syncline: 1\ndatabase: sqlite:x\nnetwork: {allow_private: \"${PRIVATE:-false}\", ca_file: ca.pem}\ntables_prefix: my_\n" +
                  std::string(Accounts));
  const auto project = files.load();
  ASSERT_TRUE(project) << test::all_messages(project.error());
  EXPECT_TRUE(project->allow_private);
  EXPECT_EQ(project->ca_file, (files.path() / "ca.pem").string());
  EXPECT_EQ(project->tables_prefix, "my_");
  EXPECT_EQ(project->folder, files.path());
  files.write("syncline.yaml", "syncline: 1\ndatabase: sqlite:x\nnetwork: {allow_private: false, ca_file: null}\n" + std::string(Accounts));
  EXPECT_TRUE(files.load());
}

TEST(Account, AConnectorThatIsNotThereNamesTheNearest) {
  const test::ProjectFiles files;
  files.write("connectors/marianatek/connector.yaml", test::ProjectFiles::Connector);
  files.write("syncline.yaml",
              "syncline: 1\ndatabase: sqlite:x\naccounts:\n  studio: {connector: marianatec}\n  b: {connector: ../crm}\n  c: {}\n");
  EXPECT_EQ(files.problems(), at("4:23", "there is no connector `marianatec` (looked in: connectors); did you mean `marianatek`?") +
                                  at("5:18", "there is no connector `../crm` (looked in: connectors); use one of crm, marianatek") +
                                  at("6:6", "required key `connector` is missing; write `connector:` and its name"));
}

TEST(Account, SettingsAreTheConnectors) {
  EXPECT_EQ(problems_of_account("connector: crm, settings: {hots: x}, auth: [api_key: k]"),
            at("3:37", "the setting `host` of the connector crm is missing: the host") +
                at("3:48", "the connector crm has no setting `hots`; did you mean `host`?"));
  EXPECT_EQ(problems_of_account("connector: crm, settings: {host: x, zoen: UTC}, auth: [api_key: k]"),
            at("3:57", "the connector crm has no setting `zoen`; did you mean `zone`?"));
  EXPECT_EQ(problems_of_account("connector: crm, auth: [api_key: k]"),
            at("3:20", "the setting `host` of the connector crm is missing: the host"));
  EXPECT_EQ(problems_of_account("connector: crm, settings: {host: ''}, auth: [api_key: k]"), at("3:54", "`host` is empty; write a value"));
  EXPECT_EQ(problems_of_account("connector: crm, settings: {host: \"${NO}\"}, auth: [api_key: k]"),
            at("3:54", "NO is not set (looked in: environment, .env (not there)); set it, or write a default: ${NAME:-default}"));
}

TEST(Account, AWrongTextInAConnectorIsShownWhereItsValueIsWritten) {
  test::ProjectFiles files;
  files.write("connectors/crm/connector.yaml",
              "settings: {host: {required: true}, zone: {default: Moon}}\nzone: ${settings.zone}\n"
              "base_url: ${URL:-https://${settings.host}}\nheaders: {X: \"${X}\"}\n"
              "auth: {api_key: {}}\nstreams: {contacts: {get: c, records: json, key: id}}\n");
  files.write("syncline.yaml",
              "syncline: 1\ndatabase: sqlite:x\naccounts:\n"
              "  studio: {connector: crm, auth: [api_key: k], settings: {host: 'https://x', zone: Mars}}\n"
              "  other: {connector: crm, auth: [api_key: k], settings: {host: x}}\n");
  files.environment["X"] = "x";
  const std::string get =
      "connectors/crm/connector.yaml:6:27: `get` must be a path below base_url such as /contacts, its parameters under "
      "`params`, not `c`\n";
  EXPECT_EQ(files.problems(), "connectors/crm/connector.yaml:2:7: \"Moon\" is not a time zone, write one such as America/Chicago\n" + get +
                                  at("4:65",
                                     "`base_url` must be like https://api.example.com/v2, not `https://https://x` (the setting `host` is "
                                     "used in connectors/crm/connector.yaml:3:11)") +
                                  at("4:84",
                                     "\"Mars\" is not a time zone, write one such as America/Chicago (the setting `zone` is used in "
                                     "connectors/crm/connector.yaml:2:7)"));
  files.environment["URL"] = "ftp://x";
  files.environment.erase("X");
  const std::string problems = files.problems();
  EXPECT_NE(problems.find(at("5:3",
                             "X is not set (looked in: environment, .env (not there)); set it, or write a default: ${NAME:-default} (X of "
                             "the environment or .env is used in connectors/crm/connector.yaml:4:14)")),
            std::string::npos)
      << problems;
  EXPECT_NE(problems.find(at("5:3",
                             "`base_url` must be like https://api.example.com/v2, not `ftp://x` (URL of the environment or .env is used "
                             "in connectors/crm/connector.yaml:3:11)")),
            std::string::npos)
      << problems;
}

TEST(Account, AMethodTheConnectorDoesNotKnowNamesThoseItDoes) {
  EXPECT_EQ(problems_of_account("connector: crm, settings: {host: x}, auth: [basic: {user: u, password: p}]"),
            at("3:65", "the connector crm does not know `basic`; write api_key"));
  EXPECT_EQ(problems_of_account("connector: crm, settings: {host: x}, auth: [api_kee: k]"),
            at("3:65", "`api_kee` is not an auth method; did you mean `api_key`?"));
  EXPECT_EQ(problems_of_account("connector: crm, settings: {host: x}"),
            at("3:20", "required key `auth` is missing; the connector crm knows api_key"));
  EXPECT_EQ(problems_of_account("connector: crm, settings: {host: x}, auth: []"), at("3:64", "`auth` is empty; write api_key"));
  EXPECT_EQ(problems_of_account("connector: crm, settings: {host: x}, auth: {api_key: k}"),
            at("3:64", "`auth` must be a list, not a map; write [{method: {option: value}}], in the order to try them"));
}

TEST(Account, APasswordGrantNeedsToBeMeant) {
  const test::ProjectFiles files;
  files.write("connectors/crm/connector.yaml",
              "base_url: https://x\nauth: {oauth_password: {token_url: /t}}\nstreams: {contacts: {get: /c, records: json, key: id}}\n");
  files.write("syncline.yaml",
              "syncline: 1\ndatabase: sqlite:x\naccounts:\n"
              "  studio: {connector: crm, auth: [oauth_password: {username: u, password: p}]}\n"
              "  other: {connector: crm, auth: [oauth_password: {username: u, password: p, password_legacy: false}]}\n"
              "  third: {connector: crm, auth: [oauth_password: {username: u, password: p, password_legacy: true}]}\n");
  EXPECT_EQ(files.problems(),
            at("4:35", "`oauth_password` needs `password_legacy`: RFC 9700 forbids password grants; true says that you know") +
                at("5:94", "`password_legacy` cannot be `false`; write true: RFC 9700 forbids password grants; true says that you know"));
}

TEST(Account, CredentialsThatAreNotSetAreRecorded) {
  test::ProjectFiles files;
  files.environment.clear();
  files.environment["EMPTY"] = "";
  files.write(".env", "OTHER=x\n");
  files.write(
      "syncline.yaml",
      "syncline: 1\ndatabase: sqlite:x\naccounts:\n"
      "  studio: {connector: crm, settings: {host: x}, auth: [api_key: \"${KEY}\", api_key: \"${EMPTY}\", api_key: \"${NONE:-}\"]}\n");
  const auto project = files.load();
  ASSERT_TRUE(project) << test::all_messages(project.error());
  const std::vector<Options>& auth = project->accounts.at(0).auth;
  ASSERT_EQ(auth.size(), 3u);
  EXPECT_EQ(auth[0].missing_variables, std::vector<std::string>{"KEY is not set (looked in: environment, .env)"});
  EXPECT_EQ(auth[1].missing_variables, std::vector<std::string>{"EMPTY is empty (looked in: environment, .env)"});
  EXPECT_EQ(auth[2].missing_variables, std::vector<std::string>{"`key` of api_key is empty"});
  EXPECT_FALSE(auth[0].has("key"));
}

TEST(Account, CredentialsAreKnownToRedaction) {
  test::ProjectFiles files;
  files.environment["KEY"] = "key-known-to-redaction";
  const auto project = files.load();
  ASSERT_TRUE(project);
  EXPECT_EQ(project->accounts.at(0).auth.at(0).text("key"), "key-known-to-redaction");
  EXPECT_EQ(base::redact("sent key-known-to-redaction"), "sent ***");
}

}  // namespace
}  // namespace syncline::config
