// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config/test_support/project_files.hpp"

namespace syncline::config {
namespace {

std::string entity(std::string_view table, std::string_view key, std::string_view more = "") {
  return "table: " + std::string(table) + "\naccount: studio\nfrom: contacts\nkey: {column: " + std::string(key) + ", from: id}\n" +
         std::string(more);
}

TEST(Load, AllProblemsOfAllFilesComeAtOnceInOrder) {
  const test::ProjectFiles files;
  files.write("entities/reservations.yaml",
              "table: bookings\n"
              "account: studoi\n"
              "from: contacts\n"
              "where: {kind: {one_of: [a]}}\n"
              "key: {column: crm_id, from: id}\n"
              "version: {column: seen, from: seen}\n"
              "\n"
              "\n"
              "\n"
              "feilds:\n"
              "  a: b\n");
  files.write("entities/customers.yaml", entity("customers", "crm_id", "fields:\n  a: {rules: orgin}\n  b: [x, y\n"));
  files.write("rules/booking_source.yaml",
              "inputs:\n  broker: a\nrules:\n  - {when: {broker:          {matchs: \"(?i)classpass\"}}, then: classpass}\n");
  files.write("rules/broken.yaml", "\ta: b\n");
  files.write(".env", "A=1\nB\n");
  EXPECT_EQ(files.problems(),
            ".env:2:2: `=` is missing after `B`; write B=value\n"
            "entities/customers.yaml:7:6: this `[` is not closed with `]`, or a comma is missing, or a text with { } [ ] or , in it is not "
            "in quotes\n"
            "entities/reservations.yaml:2:10: syncline.yaml has no account `studoi`; did you mean `studio`?\n"
            "entities/reservations.yaml:10:1: unknown key `feilds`; did you mean `fields`?\n"
            "rules/booking_source.yaml:4:31: `matchs` is not a test; use one of equals, one_of, contains, matches, less, greater, filled\n"
            "rules/broken.yaml:1:3: a tab in the indentation; use spaces only\n");
}

TEST(Load, NoFolderIsNoProject) {
  const test::ProjectFiles files;
  LoadOptions options = files.options();
  options.folder = files.path() / "elsewhere";
  const auto project = load_project(options);
  ASSERT_FALSE(project);
  EXPECT_EQ(test::all_messages(project.error()), "syncline.yaml:1:1: this file is not there\n");
}

TEST(Load, AProjectWithoutEntitiesHasNothingToSync) {
  const test::ProjectFiles files;
  std::filesystem::remove(files.path() / "entities/customers.yaml");
  EXPECT_EQ(files.problems(), "entities:1:1: there are no entities/*.yaml in " + files.path().string() +
                                  ", so there is nothing to sync: write one for each of your tables, with the stream that goes into it\n");
  files.write("entities/customers.yml", entity("customers", "crm_id"));
  EXPECT_EQ(files.problems(), "entities/customers.yml:1:1: only *.yaml is read; rename the file\n");
}

TEST(Load, NamesOfOtherFilesMustExist) {
  const test::ProjectFiles files;
  files.write("entities/customers.yaml",
              "table: customers\naccount: studio\nfrom: contcts\nkey: {column: crm_id, from: id}\n"
              "fields:\n  a: {rules: origni}\n"
              "relations:\n  p_id: {to: custmers, by: [{external: p}]}\n");
  EXPECT_EQ(files.problems(),
            "entities/customers.yaml:3:7: the connector crm has no stream `contcts`; did you mean `contacts`?\n"
            "entities/customers.yaml:6:14: there is no rules/origni.yaml; did you mean `origin`?\n"
            "entities/customers.yaml:8:14: there is no entities/custmers.yaml; did you mean `customers`? (a table that is not synced is "
            "{table: …, column: …})\n");
}

TEST(Load, AFileThatCannotBeReadIsNotBlamedTwice) {
  const test::ProjectFiles files;
  files.write("rules/origin.yaml", "[");
  files.write("entities/people.yaml", "{");
  files.write("entities/customers.yaml",
              entity("customers", "crm_id", "fields: {a: {rules: origin}}\nrelations: {p_id: {to: people, by: [{external: p}]}}\n"));
  EXPECT_EQ(files.problems(),
            "entities/people.yaml:1:1: this `{` is not closed with `}`, or a comma is missing, or a text with { } [ ] or , in it is not in "
            "quotes\n"
            "rules/origin.yaml:1:1: this `[` is not closed with `]`, or a comma is missing, or a text with { } [ ] or , in it is not in "
            "quotes\n");
  files.write("connectors/crm/connector.yaml", "{");
  files.write("rules/origin.yaml", "inputs: {}\nrules: []\n");
  files.write("entities/people.yaml", entity("people", "crm_id", "fields: {a: {const: \"${settings.anything}\"}}\n"));
  EXPECT_EQ(files.problems(),
            "connectors/crm/connector.yaml:1:1: this `{` is not closed with `}`, or a comma is missing, or a text with { } [ ] or , in it "
            "is not in quotes\n");
  files.write("syncline.yaml", "[");
  EXPECT_EQ(
      files.problems(),
      "syncline.yaml:1:1: this `[` is not closed with `]`, or a comma is missing, or a text with { } [ ] or , in it is not in quotes\n");
}

TEST(Load, RelationsInACircleThatAllNeedTheirParentAreRefused) {
  const test::ProjectFiles files;
  const auto relation = [](std::string_view column, std::string_view to, std::string_view missing) {
    return "relations:\n  " + std::string(column) + ": {to: " + std::string(to) +
           ", by: [{external: x}], missing: " + std::string(missing) + "}\n";
  };
  files.write("entities/customers.yaml", entity("customers", "crm_id", relation("parent_id", "customers", "reject")));
  EXPECT_EQ(files.problems(), "") << "a row without a parent comes first";
  files.write("entities/a.yaml", entity("a", "crm_id", relation("b_id", "b", "reject")));
  files.write("entities/b.yaml", entity("b", "crm_id", relation("a_id", "a", "reject")));
  EXPECT_EQ(
      files.problems(),
      "entities/b.yaml:6:3: relations in a circle (a → b → a) that all reject rows without a parent: no row could be the first; write "
      "`missing: wait` for one of them, or `missing: null` where the column may be null\n");
  for (const char* word : {"wait", "null"}) {
    files.write("entities/b.yaml", entity("b", "crm_id", relation("a_id", "a", word)));
    EXPECT_EQ(files.problems(), "") << word;
  }
}

TEST(Load, OneParentOfManyIsNoCircle) {
  const test::ProjectFiles files;
  files.write(
      "entities/a.yaml",
      entity("a", "crm_id", "relations:\n  b_id: {to: b, by: [{external: x}]}\n  customer_id: {to: customers, by: [{external: x}]}\n"));
  files.write("entities/b.yaml", entity("b", "crm_id", "relations: {customer_id: {to: customers, by: [{external: x}]}}\n"));
  EXPECT_EQ(files.problems(), "");
}

TEST(Load, OneKeyColumnHasOneWriter) {
  const test::ProjectFiles files;
  files.write("entities/leads.yaml", entity("customers", "crm_id"));
  EXPECT_EQ(files.problems(),
            "entities/leads.yaml:4:15: entities/customers.yaml already writes the table customers by the key column crm_id; use another "
            "column, join the two, or let one only fill columns (`insert: false`)\n");
  files.write("entities/leads.yaml", entity("customers", "crm_lead_id"));
  EXPECT_EQ(files.problems(), "");
  files.write("entities/leads.yaml", entity("other.customers", "crm_id"));
  EXPECT_EQ(files.problems(), "");
}

constexpr std::string_view TwoAccounts =
    "syncline: 1\ndatabase: sqlite:x\naccounts:\n  studio: &a {connector: crm, settings: {host: x}, auth: [api_key: k]}\n  north: *a\n";

TEST(Load, TwoAccountsInOneTableAreToldApartByAColumn) {
  const auto problems_with = [](std::string_view key, std::string_view other) {
    const test::ProjectFiles files;
    files.write("syncline.yaml", TwoAccounts);
    files.write("entities/customers.yaml",
                "table: customers\naccount: studio\nfrom: contacts\nkey: {column: crm_id, " + std::string(key) + "from: id}\n");
    files.write("entities/leads.yaml",
                "table: customers\naccount: north\nfrom: contacts\nkey: {column: crm_id, " + std::string(other) + "from: id}\n");
    return files.problems();
  };
  const std::string problem =
      "entities/leads.yaml:4:15: entities/customers.yaml already writes the table customers by the key column crm_id; its ids are those of "
      "the account `studio` and may be equal to these: write the same `account_column:` in both keys\n";
  EXPECT_EQ(problems_with("", ""), problem);
  EXPECT_EQ(problems_with("account_column: a, ", ""), problem);
  EXPECT_EQ(problems_with("account_column: a, ", "account_column: b, "), problem);
  EXPECT_EQ(problems_with("account_column: a, ", "account_column: a, "), "");
}

TEST(Load, AnEntityOfTwoAccountsIsOneForEachWithItsSettings) {
  const test::ProjectFiles files;
  files.write("syncline.yaml",
              "syncline: 1\ndatabase: sqlite:x\naccounts:\n  studio: {connector: crm, settings: {host: s.example}, auth: [api_key: k]}\n"
              "  north: {connector: crm, settings: {host: n.example}, auth: [api_key: k]}\n");
  files.write("entities/customers.yaml",
              "table: customers\naccount: [studio, north]\nfrom: contacts\nkey: {column: crm_id, account_column: crm_account, from: id}\n"
              "fields: {host: {const: \"${settings.host}\"}}\n");
  const auto project = files.load();
  ASSERT_TRUE(project) << test::all_messages(project.error());
  ASSERT_EQ(project->entities.size(), 2u);
  for (const Entity& entity : project->entities) {
    EXPECT_EQ(entity.name, "customers");
    EXPECT_EQ(entity.fields.at(0).constant, entity.account == "studio" ? "s.example" : "n.example");
    EXPECT_EQ(entity.key_columns(), (std::vector<std::string>{"crm_account", "crm_id"}));
  }
  EXPECT_NE(project->entities[0].account, project->entities[1].account);
}

TEST(Load, AParentIsSyncedForTheAccountOfItsChildren) {
  const auto problems_with = [](std::string_view parents) {
    const test::ProjectFiles files;
    files.write("syncline.yaml", TwoAccounts);
    files.write("entities/customers.yaml", "table: customers\n" + std::string(parents));
    files.write("entities/sales.yaml",
                "table: sales\naccount: [studio, north]\nfrom: contacts\nkey: {column: crm_id, account_column: crm_account, from: id}\n"
                "relations:\n  customer_id: {to: customers, by: [{external: user}, {email: mail}]}\n");
    return files.problems();
  };
  const std::string problem =
      "entities/sales.yaml:6:38: `customers` is not synced for the account `north`, and ids are unique within one account only; add the "
      "account to entities/customers.yaml, or find the row by one of its columns\n";
  EXPECT_EQ(problems_with("account: studio\nfrom: contacts\nkey: {column: crm_id, from: id}\n"), problem);
  EXPECT_EQ(problems_with("account: [studio, north]\nfrom: contacts\nkey: {column: crm_id, account_column: a, from: id}\n"), "");
}

TEST(Load, OneEntityMakesTheRowsAndOthersMayFillThem) {
  const auto problems_with = [](std::string_view leads) {
    const test::ProjectFiles files;
    files.write("entities/customers.yaml", "table: customers\naccount: studio\nfrom: contacts\nkey: {column: crm_id, from: id}\n");
    files.write("entities/leads.yaml",
                "table: customers\naccount: studio\nfrom: contacts\nkey: {column: crm_id, from: id}\n" + std::string(leads));
    return files.problems();
  };
  EXPECT_EQ(problems_with("insert: true\n"),
            "entities/leads.yaml:4:15: entities/customers.yaml already writes the table customers by the key column crm_id; use another "
            "column, join the two, or let one only fill columns (`insert: false`)\n");
  EXPECT_EQ(problems_with("insert: false\n"), "");
}

TEST(Load, TwoEntitiesDoNotWriteOneColumnOfTheSameRows) {
  const auto problems_with = [](std::string_view customers, std::string_view leads, std::string_view project = "") {
    const test::ProjectFiles files;
    if (!project.empty()) files.write("syncline.yaml", project);
    files.write("entities/customers.yaml", "table: customers\nfrom: contacts\n" + std::string(customers));
    files.write("entities/leads.yaml", "table: customers\nfrom: contacts\n" + std::string(leads));
    return files.problems();
  };
  const auto twice = [](std::string_view place, std::string_view line, std::string_view column) {
    return "entities/leads.yaml:" + std::string(place) + ": entities/customers.yaml (line " + std::string(line) + ") already writes `" +
           std::string(column) +
           "` of the same rows of customers, and the two would overwrite each other with every sync; remove one, or let both only fill it "
           "(`fill: true`)\n";
  };
  constexpr std::string_view maker = "account: studio\nkey: {column: crm_id, from: id}\nfields: {mail: mail, name: name}\n";
  constexpr std::string_view filler = "account: studio\nkey: {column: crm_id, from: id}\ninsert: false\n";
  EXPECT_EQ(problems_with(maker, std::string(filler) + "fields: {phone: phone}\n"), "") << "they fill columns of their own";
  EXPECT_EQ(problems_with(maker, std::string(filler) + "fields: {phone: phone, mail: mail}\n"), twice("6:24", "5", "mail"));
  EXPECT_EQ(problems_with(maker, std::string(filler) + "relations: {name: {to: customers, by: [{external: x}]}}\n"),
            twice("6:13", "5", "name"));
  EXPECT_EQ(problems_with(maker, std::string(filler) + "version: {column: mail, from: x}\n"), twice("6:10", "5", "mail"));
  EXPECT_EQ(problems_with(maker, std::string(filler) + "fields: {mail: {from: mail, fill: true}}\n"), twice("6:10", "5", "mail"))
      << "what the one empties the other would fill with every sync";
  EXPECT_EQ(problems_with("account: studio\nkey: {column: crm_id, from: id}\nfields: {mail: {from: mail, fill: true}}\n",
                          std::string(filler) + "fields: {mail: {from: mail, fill: true}}\n"),
            "");

  constexpr std::string_view own_key = "account: studio\nkey: {column: lead_id, from: id}\nfields: {mail: mail}\n";
  EXPECT_EQ(problems_with(maker, own_key), "") << "each knows its rows by a column of its own";
  EXPECT_EQ(problems_with(maker, std::string(own_key) + "adopt: [[mail]]\n"), twice("5:10", "5", "mail"));

  const auto of_account = [](std::string_view account, std::string_view key) {
    return "account: " + std::string(account) + "\nkey: {column: crm_id, " + std::string(key) + "from: id}\nfields: {mail: mail}\n";
  };
  EXPECT_EQ(problems_with(of_account("studio", "account_column: a, "), of_account("north", "account_column: a, "), TwoAccounts), "");
  EXPECT_EQ(problems_with(of_account("[studio, north]", "account_column: a, "),
                          of_account("north", "account_column: a, ") + "insert: false\n", TwoAccounts),
            twice("5:10", "5", "mail"))
      << "said once, of the account they share";
}

TEST(Load, WhatTwoAccountsFindInOneConnectorIsSaidOnce) {
  const test::ProjectFiles files;
  files.write(
      "syncline.yaml",
      "syncline: 1\ndatabase: sqlite:x\naccounts:\n  studio: &a {connector: crm, settings: {host: x}, auth: [api_key: k]}\n  north: *a\n");
  files.write("connectors/crm/connector.yaml", std::string(test::ProjectFiles::Connector) + "nonsense: 1\n");
  EXPECT_EQ(files.problems(),
            "connectors/crm/connector.yaml:8:1: unknown key `nonsense`; use one of title, settings, base_url, zone, headers, auth, limits, "
            "streams\n");
}

TEST(Load, FilesThatAreNoneOfOursAreRefused) {
  const test::ProjectFiles files;
  files.write("entities/.hidden.yaml", "[");
  files.write("entities/README.md", "[");
  EXPECT_EQ(files.problems(), "");
  files.write("entities/old.yml", "a: b");
  files.write("entities/with space.yaml", entity("x", "crm_id"));
  EXPECT_EQ(files.problems(),
            "entities/old.yml:1:1: only *.yaml is read; rename the file\n"
            "entities/with space.yaml:1:1: a file's name has letters, digits, _ and - only; rename it\n");
}

TEST(Load, AFileThatIsNoFileOrTooLargeIsRefused) {
  const test::ProjectFiles files;
  files.write("entities/large.yaml", std::string(2 << 20, '#'));
  std::filesystem::create_directory(files.path() / "rules/folder.yaml");
  ASSERT_EQ(mkfifo((files.path() / "rules/pipe.yaml").c_str(), 0600), 0);
  std::filesystem::create_symlink("nowhere", files.path() / "rules/lost.yaml");
  EXPECT_EQ(files.problems(),
            "entities/large.yaml:1:1: is larger than 1 MiB; split it\n"
            "rules/folder.yaml:1:1: is not a regular file\n"
            "rules/lost.yaml:1:1: this file is not there\n"
            "rules/pipe.yaml:1:1: is not a regular file\n");
}

TEST(Load, TheEnvironmentFileBesideIsRead) {
  test::ProjectFiles files;
  files.environment.clear();
  files.write(".env", "export KEY='from-the-file'\n");
  const auto project = files.load();
  ASSERT_TRUE(project) << test::all_messages(project.error());
  EXPECT_EQ(project->accounts.at(0).auth.at(0).text("key"), "from-the-file");
}

TEST(Load, EntitiesComeInFileNameOrderWithTheirNames) {
  const test::ProjectFiles files;
  files.write("entities/b.yaml", entity("studio.b", "crm_id"));
  files.write("entities/a.yaml", entity("a", "crm_id"));
  const auto project = files.load();
  ASSERT_TRUE(project) << test::all_messages(project.error());
  ASSERT_EQ(project->entities.size(), 3u);
  EXPECT_EQ(project->entities[0].name, "a");
  EXPECT_EQ(project->entities[1].table, (record::TableName{"studio", "b"}));
  EXPECT_EQ(project->entity("customers"), &project->entities[2]);
  EXPECT_EQ(project->entity("nobody"), nullptr);
  EXPECT_EQ(project->rule_set("nothing"), nullptr);
}

TEST(Load, AProjectWithoutRulesLoads) {
  const test::ProjectFiles files;
  std::filesystem::remove_all(files.path() / "rules");
  EXPECT_EQ(files.problems(), "");
}

TEST(FindProject, LooksInTheFoldersAbove) {
  const test::ProjectFiles files;
  const auto found = find_project(files.path() / "entities");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, files.path());
  const syncline::test::TemporaryFolder empty;
  const auto none = find_project(empty.path());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, base::ErrorKind::BadConfig);
  EXPECT_EQ(
      none.error().message,
      "there is no syncline.yaml in " + empty.path().string() +
          " or a folder above it; go to your project, name it with --project, or begin one with `syncline init DIR --connector NAME`");
}

TEST(LintFiles, KnowsAFileByItsFolder) {
  const test::ProjectFiles files;
  files.write("entities/customers.yaml",
              "table: t\nacount: studio\nfrom: nothing\nkey: {column: k, from: id}\nfields: {a: {const: \"${settings.x} ${UNSET}\"}}\n");
  files.write("rules/origin.yaml", "inputs: {}\nrule: []\n");
  files.write("connectors/other/connector.yaml",
              "settings: {host: {required: true}}\nbase_url: https://${settings.hst}\nstreams: {a: {get: \"/${UNSET}\", records: json, "
              "key: id}}\n");
  const auto problems = lint_files(
      files.options(), {files.path() / "rules/origin.yaml", files.path() / "connectors/other/connector.yaml", files.path() / "README.md",
                        files.path() / "entities/customers.yaml", files.path() / "entities/none.yaml", files.path() / "syncline.yaml"});
  EXPECT_EQ(
      test::all_messages(problems),
      "README.md:1:1: is no file of a project; lint knows syncline.yaml, entities/*.yaml, rules/*.yaml and connectors/*/connector.yaml\n"
      "connectors/other/connector.yaml:2:11: the connector has no setting `hst`; did you mean `host`?\n"
      "entities/customers.yaml:1:1: required key `account` is missing; write `account:` and one of the accounts of syncline.yaml\n"
      "entities/customers.yaml:2:1: unknown key `acount`; did you mean `account`?\n"
      "entities/none.yaml:1:1: this file is not there\n"
      "rules/origin.yaml:1:1: required key `rules` is missing; write `rules:` and a list of {when: …, then: …}\n"
      "rules/origin.yaml:2:1: unknown key `rule`; did you mean `rules`?\n");
}

TEST(LintFiles, AConnectorIsCheckedWithoutAnAccount) {
  const test::ProjectFiles files;
  EXPECT_EQ(test::all_messages(lint_files(files.options(), {files.path() / "connectors/crm/connector.yaml"})), "");
}

}  // namespace
}  // namespace syncline::config
