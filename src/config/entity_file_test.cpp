// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "config/test_support/project_files.hpp"

namespace syncline::config {
namespace {

constexpr std::string_view Head = "table: customers\naccount: studio\nfrom: contacts\nkey: {column: crm_id, from: id}\n";

/// What is wrong with entities/customers.yaml when these lines (from line 5) follow a good beginning.
std::string problems_after_head(std::string_view lines) {
  const test::ProjectFiles files;
  files.write("entities/customers.yaml", std::string(Head) + std::string(lines));
  return files.problems();
}

std::string at(std::string_view place, std::string_view message) {
  return "entities/customers.yaml:" + std::string(place) + ": " + std::string(message) + "\n";
}

Entity entity_after_head(std::string_view lines) {
  const test::ProjectFiles files;
  files.write("entities/customers.yaml", std::string(Head) + std::string(lines));
  auto project = files.load();
  EXPECT_TRUE(project) << test::all_messages(project.error());
  return project ? project->entities.at(0) : Entity{};
}

TEST(EntityFile, AnUnknownKeyNamesTheNearestOrAll) {
  EXPECT_EQ(problems_after_head("feilds: {}\n"), at("5:1", "unknown key `feilds`; did you mean `fields`?"));
  EXPECT_EQ(problems_after_head("colour: red\n"),
            at("5:1",
               "unknown key `colour`; use one of table, account, from, each, start, where, key, "
               "version, fields, relations, adopt, local, insert, deletes, passes, batch_rows, stamp"));
}

TEST(EntityFile, ATransactionsRowsArePinnedWithinBounds) {
  EXPECT_EQ(entity_after_head("").batch_rows, std::nullopt);
  EXPECT_EQ(entity_after_head("batch_rows: 50\n").batch_rows, 50);
  EXPECT_EQ(entity_after_head("batch_rows: 100000\n").batch_rows, 100'000);
  const auto bounds = [](std::string_view found) {
    return at("5:13", "`batch_rows` is 50 to 100,000, not " + std::string(found) +
                          "; leave it out, and transactions adapt to rows, bytes and time");
  };
  for (const char* number : {"49", "0", "-50", "100001"}) {
    EXPECT_EQ(problems_after_head("batch_rows: " + std::string(number) + "\n"), bounds(number));
  }
  for (const char* no_number : {"many", "50.5", "[50]", "99999999999999999999"}) {
    const std::string problem = problems_after_head("batch_rows: " + std::string(no_number) + "\n");
    EXPECT_EQ(problem.rfind("entities/customers.yaml:5:13: `batch_rows` must be", 0), 0u) << problem;
  }
}

TEST(EntityFile, AListIsReadOnceUnlessItSaysHowOften) {
  EXPECT_EQ(entity_after_head("").passes, 1);
  EXPECT_EQ(entity_after_head("passes: 1\n").passes, 1);
  EXPECT_EQ(problems_after_head("passes: 9\n"),
            at("5:9", "`contacts` is not paged by number, so one pass shows all of it; remove `passes`"));
  for (const char* number : {"0", "-1", "10"}) {
    EXPECT_EQ(problems_after_head("passes: " + std::string(number) + "\n"),
              at("5:9", "`passes` is 1 to 9, not " + std::string(number) + ": how often a list is read at most, until nothing new comes"));
  }
}

TEST(EntityFile, WhatIsNotBuiltIsRefused) {
  for (const char* key : {"parts: [a]", "unique: x"}) {
    const std::string problem = problems_after_head(std::string(key) + "\n");
    EXPECT_EQ(problem.rfind("entities/customers.yaml:5:1: unknown key `", 0), 0u) << problem;
  }
  EXPECT_EQ(problems_after_head("fields:\n  n: {colour: red}\n"),
            at("6:6", "nothing says where the value comes from; write one of `from`, `const`, `rules`") +
                at("6:7",
                   "unknown key `colour`; use one of from, first_value, const, rules, type, zone, unclear, format, unit, store, currency, "
                   "decorated, "
                   "decimal_mark, calling_code, trunk, extension, values, otherwise, default, on_missing, blank, fill, taken"));
  EXPECT_EQ(problems_after_head("relations:\n  a_id: {to: {table: t, column: id}, by: [{name: x}], missing: later}\n"),
            at("6:64", "`missing` cannot be `later`; use one of null, reject, wait"));
  EXPECT_EQ(
      problems_after_head("fields: {p: {from: x, type: fone}}\n"),
      at("5:29",
         "`type` cannot be `fone`; use one of text, integer, decimal, money, boolean, timestamp, date, time, json, uuid, email, phone"));
}

TEST(EntityFile, APhonesExtensionIsDroppedOrRejected) {
  EXPECT_EQ(problems_after_head("fields: {p: {from: x, type: phone, extension: keep}}\n"),
            at("5:47", "`extension` cannot be `keep`; use one of drop, reject"));
  EXPECT_EQ(problems_after_head("fields: {p: {from: x, type: text, extension: drop}}\n"),
            at("5:35", "`extension` is for type phone; remove it"));
  const Entity entity = entity_after_head(
      "fields: {p: {from: x, type: phone, extension: drop}, q: {from: x, type: phone, extension: reject}, r: {from: x, type: phone}}\n");
  EXPECT_TRUE(entity.fields.at(0).drops_extension);
  EXPECT_FALSE(entity.fields.at(1).drops_extension);
  EXPECT_FALSE(entity.fields.at(2).drops_extension);
}

TEST(EntityFile, APhonesCountryIsDigits) {
  EXPECT_EQ(problems_after_head("fields: {p: {from: x, type: phone, calling_code: US}}\n"),
            at("5:50", "`calling_code` is digits such as 1 or 44, not `US`"));
  EXPECT_EQ(problems_after_head("fields: {p: {from: x, type: phone, calling_code: 044}}\n"),
            at("5:50", "`calling_code` is what stands after the \"+\", such as 1 or 44; no calling code begins with 0"));
  EXPECT_EQ(problems_after_head("fields: {p: {from: x, type: phone, trunk: 0}}\n"),
            at("5:43", "`trunk` is what stands before numbers within a country; say which with `calling_code:`"));
  EXPECT_EQ(problems_after_head("fields: {p: {from: x, type: email, calling_code: 44}}\n"),
            at("5:36", "`calling_code` is for type phone; remove it"));
  const Entity entity = entity_after_head("fields: {p: {from: x, type: phone, calling_code: +52, trunk: 01}, q: {from: x, type: phone}}\n");
  EXPECT_EQ(entity.fields.at(0).calling_code, "52");
  EXPECT_EQ(entity.fields.at(0).trunk, "01");
  EXPECT_EQ(entity.fields.at(1).trunk, std::nullopt);
}

TEST(EntityFile, WhatIsOnlyFilledAndWhatIsNeverMadeIsSaid) {
  EXPECT_EQ(problems_after_head("insert: never\n"), at("5:9", "`insert` cannot be `never`; use one of true, false"));
  EXPECT_EQ(problems_after_head("fields: {p: {from: x, fill: 1}}\n"), at("5:29", "`fill` cannot be `1`; use one of true, false"));
  const Entity entity = entity_after_head("insert: false\nfields: {p: {from: x, fill: true}, q: x}\n");
  EXPECT_FALSE(entity.insert);
  EXPECT_FALSE(entity.stamp) << "the maker of the rows stamps them";
  EXPECT_TRUE(entity.fields.at(0).fill);
  EXPECT_FALSE(entity.fields.at(1).fill);
  EXPECT_TRUE(entity_after_head("insert: false\nstamp: true\n").stamp);
  EXPECT_TRUE(entity_after_head("").insert);
}

TEST(EntityFile, ANumberWithoutASourceOfNumbersIsRefused) {
  EXPECT_EQ(problems_after_head("fields:\n  n: {next_in: sale_id}\n"),
            at("6:16", "`sale_id` is no relation of this entity; write one under `relations`"));
  EXPECT_EQ(problems_after_head("fields:\n  n: {sequence: s, next_in: sale_id}\n"),
            at("6:6", "only one of `sequence`, `next_in` can give the number; remove the other"));
  EXPECT_EQ(problems_after_head("fields:\n  n: {sequence: s, create: anew}\n"), at("6:28", "`create` cannot be `anew`; write after_max"));
  EXPECT_EQ(problems_after_head("fields:\n  n: {sequence: s, from: id}\n"),
            at("6:20", "unknown key `from`; use one of sequence, create, next_in"));
  EXPECT_EQ(problems_after_head("fields:\n  crm_id: {sequence: s}\n"),
            at("6:3", "the column `crm_id` is written as the key already; remove one"));
}

TEST(EntityFile, ANumberIsGivenByASequenceOrWithinARelationsRow) {
  const Entity entity = entity_after_head(
      "fields:\n  no: {sequence: app.no_seq, create: after_max}\n  line: {next_in: sale_id}\n  email: {from: email, taken: null}\n"
      "relations: {sale_id: {to: {table: sales, column: id}, by: [{code: sale}]}}\n");
  ASSERT_EQ(entity.numbers.size(), 2u);
  EXPECT_EQ(to_string(*entity.numbers[0].sequence), "app.no_seq");
  EXPECT_TRUE(entity.numbers[0].create_after_max);
  EXPECT_EQ(entity.numbers[1].next_in, "sale_id");
  ASSERT_EQ(entity.fields.size(), 1u);
  EXPECT_TRUE(entity.fields[0].taken_as_null);
}

TEST(EntityFile, SeveralAccountsNeedAColumnForTheirName) {
  const auto problems_of = [](std::string_view account, std::string_view key) {
    const test::ProjectFiles files;
    files.write("entities/customers.yaml",
                "table: customers\naccount: " + std::string(account) + "\nfrom: contacts\nkey: {" + std::string(key) + "}\n");
    return files.problems();
  };
  constexpr std::string_view Key = "column: crm_id, from: id", Both = "column: crm_id, account_column: crm_account, from: id";
  EXPECT_EQ(
      problems_of("[studio, north]", Key),
      at("2:10",
         "ids are unique within one account only, and several accounts feed this table; write `account_column:` in `key`, and a column "
         "for the account's name") +
          at("2:19", "syncline.yaml has no account `north`; write studio"));
  EXPECT_EQ(problems_of("[studio, studio]", Both), at("2:19", "the account `studio` is named twice; remove one"));
  EXPECT_EQ(problems_of("[]", Both), at("2:10", "`account` is empty; name one of the accounts of syncline.yaml, or several"));
  EXPECT_EQ(problems_of("studio", "column: crm_id, account_column: crm_id, from: id"),
            at("4:39", "the column `crm_id` is written as the key already; remove one"));
  EXPECT_EQ(problems_of("[studio]", Key), "");
  EXPECT_EQ(problems_of("studio", Both), "") << "so that a second one can come";
}

TEST(EntityFile, RequiredKeysAreNamedWithWhatToWrite) {
  const test::ProjectFiles files;
  files.write("entities/customers.yaml", "table:\nfrom: contacts\nkey: {column: crm_id}\n");
  EXPECT_EQ(files.problems(),
            at("1:1", "required key `account` is missing; write `account:` and one of the accounts of syncline.yaml") +
                at("1:1", "required key `table` has no value; write `table:` and the table that is written") +
                at("3:6", "required key `from` is missing; write `from:` and the path in the record, or `parts:` and several"));
}

TEST(EntityFile, AFileThatIsNoMapIsRefused) {
  const test::ProjectFiles files;
  files.write("entities/customers.yaml", "# nothing\n");
  files.write("entities/orders.yaml", "- a\n");
  EXPECT_EQ(
      files.problems(),
      "entities/customers.yaml:1:1: an entity must be a map, not nothing; its keys are table, account, from, each, start, where, key, "
      "version, fields, relations, adopt, local, insert, deletes, passes, batch_rows, stamp\n"
      "entities/orders.yaml:1:1: an entity must be a map, not a list; its keys are table, account, from, each, start, where, key, version, "
      "fields, relations, adopt, local, insert, deletes, passes, batch_rows, stamp\n");
}

TEST(EntityFile, WrongShapesSayWhatToWrite) {
  EXPECT_EQ(problems_after_head("fields: [a]\n"), at("5:9", "`fields` must be a map, not a list; write {column: path}"));
  EXPECT_EQ(problems_after_head("relations: x\n"),
            at("5:12", "`relations` must be a map, not a text; write {column: {to: entity, by: [{external: path}]}}"));
  EXPECT_EQ(problems_after_head("local: notes\n"), at("5:8", "`local` must be a list, not a text; write [column, another column]"));
  EXPECT_EQ(problems_after_head("version: updated\n"),
            at("5:10", "`version` must be a map, not a text; its keys are column, from, first_value"));
  EXPECT_EQ(problems_after_head("fields: {a: }\n"), at("5:13", "`a` has no value; name where the value stands"));
  EXPECT_EQ(problems_after_head("fields: {a: []}\n"), at("5:13", "`a` is an empty list; name where the value stands"));
  EXPECT_EQ(problems_after_head("fields: {a: [x, [y]]}\n"), at("5:17", "`a` must be a text, not a list"));
}

TEST(EntityFile, RowsAreAdoptedByWhatTheMappingWrites) {
  EXPECT_EQ(problems_after_head("fields: {email: x, phone: y}\nadopt: [[emal], [phone]]\n"),
            at("6:9", "rows are adopted by `emal`, which is neither a field nor a relation of this entity; did you mean `email`?"));
  EXPECT_EQ(problems_after_head("fields: {email: x}\nadopt: crm_id\n"),
            at("6:8", "rows are adopted by `crm_id`, which is neither a field nor a relation of this entity; write email"));
  EXPECT_EQ(problems_after_head("fields: {email: x}\nadopt: [[email, email]]\n"),
            at("6:9", "a natural key names `email` twice; remove one"));
  EXPECT_EQ(problems_after_head("fields: {email: x}\nadopt: [[]]\n"),
            at("6:9", "a natural key is empty; name the columns that tell whose row it is"));
  EXPECT_EQ(problems_after_head("fields: {email: x}\nadopt: {email: true}\n"),
            at("6:8", "`adopt` must be a list, not a map; write [[email], [customer_id, class_id]]"));
  EXPECT_EQ(problems_after_head("fields: {email: x}\nadopt: [{email: true}]\n"), at("6:9", "`adopt` must be a text, not a map"));
}

TEST(EntityFile, NaturalKeysComeInOrderAndOneColumnNeedsNoList) {
  const auto adopted = [](const std::string& line) {
    std::string out;
    for (const NaturalKey& key :
         entity_after_head("fields: {email: x, phone: y}\nrelations: {to_id: {to: {table: studios, column: id}, by: [{name: z}]}}\n" +
                           line + "\n")
             .adopt) {
      for (const std::string& column : key.columns) out += column + " ";
      out += "at " + std::to_string(key.place.line) + ":" + std::to_string(key.place.column) + "; ";
    }
    return out;
  };
  EXPECT_EQ(adopted(""), "");
  EXPECT_EQ(adopted("adopt: []"), "");
  EXPECT_EQ(adopted("adopt: email"), "email at 7:8; ");
  EXPECT_EQ(adopted("adopt: [email, [phone, to_id]]"), "email at 7:9; phone to_id at 7:16; ");
}

TEST(EntityFile, WrongNamesAreRefused) {
  EXPECT_EQ(problems_after_head("fields: {'': x}\n"),
            at("5:10", "`` cannot name a column; a name has 1 to 63 bytes and no blanks around it"));
  EXPECT_EQ(problems_after_head("local: [' a']\n"),
            at("5:9", "` a` cannot name a column; a name has 1 to 63 bytes and no blanks around it"));
  const test::ProjectFiles files;
  files.write("entities/customers.yaml", "table: a.b.c\naccount: studio\nfrom: contacts\nkey: {column: crm_id, from: id}\n");
  EXPECT_EQ(files.problems(), at("1:8", "`a.b.c` is not a table; write table or schema.table"));
}

TEST(EntityFile, APathThatIsNoneIsRefused) {
  EXPECT_EQ(problems_after_head("fields: {a: x..y}\n"),
            at("5:13", "the path `x..y` has an empty name; write a name, a.b, list[0], or \"'a.b'\" for a name with dots in it"));
  EXPECT_EQ(problems_after_head("where: {x..y: {filled: true}}\n"),
            at("5:9", "the path `x..y` has an empty name; write a name, a.b, list[0], or \"'a.b'\" for a name with dots in it"));
}

/// The file with this key and `each: items`.
std::string problems_of_key(std::string_view key, std::string_view each = "each: items\n") {
  const test::ProjectFiles files;
  files.write("entities/customers.yaml",
              "table: customers\naccount: studio\nfrom: contacts\n" + std::string(each) + "key: " + std::string(key) + "\n");
  return files.problems();
}

TEST(EntityFile, EachNamesAListInTheRecord) {
  EXPECT_EQ(problems_after_head("eech: items\n"), at("5:1", "unknown key `eech`; did you mean `each`?"));
  EXPECT_EQ(problems_after_head("each: {fromm: items}\n"),
            at("5:7", "required key `from` is missing; write `from: name` or `from: [name, another name]`") +
                at("5:8", "unknown key `fromm`; did you mean `from`?"));
  EXPECT_EQ(problems_after_head("each: x..y\n"),
            at("5:7", "the path `x..y` has an empty name; write a name, a.b, list[0], or \"'a.b'\" for a name with dots in it"));
  for (const std::string itself : {".", "record"}) {
    EXPECT_EQ(problems_after_head("each: " + itself + "\n"),
              at("5:7", "`each` names a list in the record; `" + itself + "` is the record itself"));
  }
}

TEST(EntityFile, WithEachAFilterJudgesTheRecord) {
  EXPECT_EQ(problems_after_head("each: items\nwhere: {element.kind: {equals: a}}\n"),
            at("6:9",
               "`where` judges whole records, before there are elements; write a path in the record (a value of it that is named so is "
               "`record.element.kind`)"));
  EXPECT_EQ(problems_after_head("each: items\nwhere: {record.element.kind: {equals: a}}\n"), "");
  EXPECT_EQ(problems_after_head("where: {element.kind: {equals: a}}\n"), "") << "without `each` the names mean nothing";
}

TEST(EntityFile, AKeyHasOneOrigin) {
  EXPECT_EQ(problems_of_key("{column: k, from: id, parts: [id]}"),
            at("5:18", "only one of `from`, `parts` can give the key; remove the other"));
  EXPECT_EQ(problems_of_key("{column: k, first_value: true, parts: [id]}"),
            at("5:18", "`first_value` is for a key with `from`; for one part, write {from: [a, b], first_value: true}"));
  EXPECT_EQ(problems_of_key("{column: k, part: [id]}"),
            at("5:6", "required key `from` is missing; write `from:` and the path in the record, or `parts:` and several") +
                at("5:18", "unknown key `part`; did you mean `parts`?"));
}

TEST(EntityFile, PartsAreAListOfPaths) {
  EXPECT_EQ(problems_of_key("{column: k, parts: id}"), at("5:25", "`parts` must be a list, not a text; write [path, another path]"));
  EXPECT_EQ(problems_of_key("{column: k, parts: []}"), at("5:25", "`parts` is empty; name where the parts stand"));
  EXPECT_EQ(problems_of_key("{column: k, parts: [id, ]}"), "") << "a comma at the end is none too many";
  EXPECT_EQ(problems_of_key("{column: k, parts: [id, null]}"), at("5:30", "`parts` has no value; name where the value stands"));
  EXPECT_EQ(problems_of_key("{column: k, parts: [id, a..b]}"),
            at("5:30", "the path `a..b` has an empty name; write a name, a.b, list[0], or \"'a.b'\" for a name with dots in it"));
}

TEST(EntityFile, AnOccurrenceTellsEqualElementsApart) {
  EXPECT_EQ(
      problems_of_key("{column: k, parts: [id, occurrence]}", "local: []\n"),
      at("5:30", "`occurrence` counts equal elements of one record, and without `each` a record makes one row; remove it, or add `each`"));
  EXPECT_EQ(problems_of_key("{column: k, parts: [occurrence]}"),
            at("5:25", "`occurrence` tells equal parts apart, and there is no other part; name one before it"));
  EXPECT_EQ(problems_of_key("{column: k, parts: [id, occurrence, occurrence]}"), at("5:42", "`occurrence` is a part already; remove one"));
}

TEST(EntityFile, AMisspeltOccurrenceIsNoPath) {
  EXPECT_EQ(problems_of_key("{column: k, parts: [id, occurence]}"),
            at("5:30", "did you mean `occurrence`, not `occurence`? A value of that name is `element.occurence`"));
  EXPECT_EQ(problems_of_key("{column: k, parts: [id, element.occurence]}"), "");
  EXPECT_EQ(problems_of_key("{column: k, parts: [id, occurence]}", "local: []\n"), "") << "without `each` it can be a path only";
}

TEST(EntityFile, AKeyOfTheRecordAloneTellsNoElementsApart) {
  const std::string message =
      "every element of a record would have this key, and only one of them a row; name a value of the element, or "
      "`parts: [record.id, occurrence]`";
  EXPECT_EQ(problems_of_key("{column: k, from: [record.id, record.ID]}"), at("5:6", message));
  EXPECT_EQ(problems_of_key("{column: k, parts: [record.id, record.number]}"), at("5:6", message));
  EXPECT_EQ(problems_of_key("{column: k, from: [record.id, id]}"), "");
  EXPECT_EQ(problems_of_key("{column: k, parts: [record.id, occurrence]}"), "");
  EXPECT_EQ(problems_of_key("{column: k, from: record.id}", "local: []\n"), "") << "without `each` it is a path like others";
}

TEST(EntityFile, EachAndPartsAreReadWhole) {
  const test::ProjectFiles files;
  files.write("entities/customers.yaml",
              "table: customers\naccount: studio\nfrom: contacts\neach: [lines, record.Lines]\n"
              "key: {column: k, parts: [record.id, {from: [a, b], first_value: true}, occurrence, element.occurrence]}\n");
  const auto project = files.load();
  ASSERT_TRUE(project) << test::all_messages(project.error());
  const Entity& entity = project->entities.at(0);
  ASSERT_TRUE(entity.each);
  EXPECT_EQ(entity.each->paths.at(1).text, "record.Lines");
  EXPECT_EQ(entity.each->place.line, 4);
  EXPECT_TRUE(entity.key.from.paths.empty());
  ASSERT_EQ(entity.key.parts.size(), 4u);
  EXPECT_EQ(entity.key.parts[0].from.paths.at(0).text, "record.id");
  EXPECT_TRUE(entity.key.parts[1].from.first_value);
  EXPECT_EQ(entity.key.parts[2].kind, KeyPart::Kind::Occurrence);
  EXPECT_EQ(entity.key.parts[3].kind, KeyPart::Kind::Value);
}

TEST(EntityFile, AStartIsADate) {
  EXPECT_EQ(problems_after_head("start: 2023-02-30\n"), at("5:8", "`start` must be a date such as 2023-01-31, not `2023-02-30`"));
  EXPECT_EQ(entity_after_head("start: 2023-02-28\n").start, base::Date(std::chrono::year(2023) / 2 / 28));
}

TEST(EntityFile, AFieldHasOneOrigin) {
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, const: y}}\n"),
            at("5:13", "only one of `from`, `const`, `rules` can give the value; remove the others"));
  EXPECT_EQ(problems_after_head("fields: {a: {const: y, blank: null}}\n"), at("5:24", "`blank` is for a field with `from`; remove it"));
}

TEST(EntityFile, OptionsThatDoNotFitTheTypeAreRefused) {
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, type: text, zone: UTC}}\n"),
            at("5:35", "`zone` is for the types timestamp, date and time; remove it"));
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, type: date, currency: USD}}\n"),
            at("5:35", "`currency` is for type money; remove it"));
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, type: email, decorated: true}}\n"),
            at("5:36", "`decorated` is for the types money, decimal and integer; remove it"));
}

TEST(EntityFile, AZoneMustExist) {
  const std::string problem = problems_after_head("fields: {a: {from: x, zone: America/Chicgo}}\n");
  EXPECT_EQ(problem.rfind("entities/customers.yaml:5:29: ", 0), 0u) << problem;
  EXPECT_NE(problem.find("America/Chicago"), std::string::npos) << problem;
}

TEST(EntityFile, AZoneMayBeNamedByTheRecord) {
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, type: date, zone: {from: location.timezone}}}\n"), "");
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, type: date, zone: {}}}\n"),
            at("5:41", "required key `from` is missing; write `from:` and where the record names the zone"));
}

TEST(EntityFile, AFormatHasKnownParts) {
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, format: \"%m/%e\"}}\n"),
            at("5:31", "`format` knows %Y %m %d %H %M %S %y %b %p %I, not `%e`"));
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, format: \"%m/%\"}}\n"),
            at("5:31", "`format` knows %Y %m %d %H %M %S %y %b %p %I, not `%`"));
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, format: \"%m/%d/%Y %I:%M %p\"}}\n"), "");
}

TEST(EntityFile, ValuesThatFoldTogetherAreRefused) {
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, values: {Yes: 1, ' yes ': 2}}}\n"),
            at("5:40", "` yes ` is in `values` already: blanks around and case make no difference; remove one"));
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, values: {}}}\n"), at("5:31", "`values` is empty; name the values, or remove it"));
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, otherwise: reject}}\n"),
            at("5:23", "`otherwise` speaks of what is not in `values`; write `values`, or remove it"));
}

TEST(EntityFile, AWordThatIsNoneOfAFewIsRefused) {
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, on_missing: skip}}\n"),
            at("5:35", "`on_missing` cannot be `skip`; use one of keep, null, reject"));
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, decorated: yes}}\n"),
            at("5:34", "`decorated` cannot be `yes`; use one of true, false"));
  EXPECT_EQ(problems_after_head("fields: {a: {from: x, decimal_mark: \";\"}}\n"),
            at("5:37", "`decimal_mark` cannot be `;`; use one of ., ,"));
}

TEST(EntityFile, AWrongTestIsRefused) {
  EXPECT_EQ(problems_after_head("where: {kind: {one_of: []}}\n"), at("5:24", "`one_of` is empty, so nothing passes; name the values"));
  EXPECT_EQ(problems_after_head("where: {kind: {one_of: x}}\n"), at("5:24", "`one_of` must be a list, not a text; write [a, b]"));
  EXPECT_EQ(problems_after_head("where: {kind: x}\n"),
            at("5:15", "`kind` must be a map, not a text; write a test such as {one_of: [a, b]}"));
  EXPECT_EQ(problems_after_head("where: {kind: {}}\n"), at("5:15", "`kind` has no test; write one such as {one_of: [a, b]}"));
  EXPECT_EQ(problems_after_head("where: {kind: {equals: null}}\n"),
            at("5:16", "`equals` cannot compare with null; write {filled: false} for what is absent, null or empty"));
  EXPECT_EQ(problems_after_head("where: {kind: {filled: 1}}\n"), at("5:24", "`filled` cannot be `1`; use one of true, false"));
}

TEST(EntityFile, AWrongRelationIsRefused) {
  EXPECT_EQ(problems_after_head("relations: {a_id: {}}\n"),
            at("5:19", "required key `by` is missing; write `by: [{external: path}]`") +
                at("5:19", "required key `to` is missing; write `to:` and an entity, or {table: …, column: …}"));
  EXPECT_EQ(problems_after_head("relations: {a_id: {to: {table: t, column: id}, by: []}}\n"),
            at("5:52", "`by` is empty; write a way such as {external: path}"));
  EXPECT_EQ(problems_after_head("relations: {a_id: {to: {table: t, column: id}, by: [x]}}\n"),
            at("5:53", "a way to find the row is {external: path}, or {column: path} with a column of its table"));
  EXPECT_EQ(problems_after_head("relations: {a_id: {to: {table: t, column: id}, by: [{external: x}]}}\n"),
            at("5:54", "a table that is not synced has no external ids; name one of its columns instead of `external`"));
}

TEST(EntityFile, AColumnIsWrittenOnce) {
  EXPECT_EQ(problems_after_head("version: {column: crm_id, from: v}\n"),
            at("5:19", "the column `crm_id` is written as the key already; remove one"));
  EXPECT_EQ(problems_after_head("fields: {crm_id: x}\n"), at("5:10", "the column `crm_id` is written as the key already; remove one"));
  EXPECT_EQ(problems_after_head("fields:\n  a: x\n  a: y\n"), at("7:3", "the key `a` is written twice, first in line 6; remove one"));
  EXPECT_EQ(problems_after_head("fields: {a: x}\nrelations: {a: {to: {table: t, column: id}, by: [{n: x}]}}\n"),
            at("6:13", "the column `a` is written as a field already; remove one"));
  EXPECT_EQ(problems_after_head("fields: {a: x}\nlocal: [a]\n"),
            at("6:8", "`a` is local, so never written, but mapped as a field; remove one"));
}

TEST(EntityFile, WrongDeletesAreRefused) {
  EXPECT_EQ(problems_after_head("deletes: never\n"), at("5:10", "`deletes` is `ignore`, {soft: column} or {hard: true}, not `never`"));
  EXPECT_EQ(problems_after_head("deletes: {}\n"), at("5:10", "`deletes` is `ignore`, {soft: column} or {hard: true}"));
  EXPECT_EQ(problems_after_head("deletes: {hard: true, soft: gone_at}\n"), at("5:10", "`deletes` is either `soft` or `hard`; remove one"));
  EXPECT_EQ(problems_after_head("deletes: {hard: false}\n"),
            at("5:17", "`hard: false` says nothing; write `deletes: ignore`, or {soft: column}"));
  EXPECT_EQ(problems_after_head("deletes: {hard: true, resurrect: true}\n"),
            at("5:34", "`resurrect` is for {soft: column}: what is deleted for good comes back as a new row"));
  EXPECT_EQ(problems_after_head("deletes: {soft: gone_at, within: order_id}\n"), at("5:34", "`within` is for {hard: true}"));
  EXPECT_EQ(problems_after_head("deletes: {hard: true, within: order_id}\n"),
            at("5:10", "`within` is for rows that `each` makes of one record; without it write {hard: true}"));
  EXPECT_EQ(problems_after_head("insert: false\ndeletes: {hard: true}\n"),
            at("6:10", "`insert: false` only fills rows of another entity, so this one deletes none; remove `deletes`"));
  EXPECT_EQ(problems_after_head("fields: {gone_at: gone}\ndeletes: {soft: gone_at}\n"),
            at("6:10", "`gone_at` says that a row is deleted, but is mapped as a field; remove one"));
  EXPECT_EQ(problems_after_head("local: [gone_at]\ndeletes: {soft: gone_at}\n"),
            at("6:10", "`gone_at` says that a row is deleted, but `local:` says it is never written; remove one"));
}

TEST(EntityFile, WithinNeedsARelationThatTheRecordTellsOf) {
  const std::string each = "each: lines\nrelations:\n  order_id: {to: {table: orders, column: id}, by: [{number: record.number}]}\n";
  EXPECT_EQ(problems_after_head(each + "deletes: {hard: true, within: ordr_id}\n"),
            at("8:10",
               "`within` names a relation of this entity, the one to the record's own row; `ordr_id` is none; did you mean "
               "`order_id`?"));
  EXPECT_EQ(problems_after_head(each + "deletes: {hard: true, within: order_id}\n"),
            at("8:10",
               "`within: order_id` needs the relation to be found by {external: record.…}, so that a record without any element "
               "says whose rows are gone"));
}

TEST(EntityFile, WithinCannotTellAnOlderCopyOfARecord) {
  EXPECT_EQ(
      problems_after_head(
          "each: lines\nversion: {column: changed_at, from: record.changed}\nrelations:\n  order_id: {to: {table: orders, column: id}, by: "
          "[{number: record.number}]}\ndeletes: {hard: true, within: order_id}\n"),
      at("9:10", "`within` cannot go with `version:`: an older copy of a record would delete elements of the newer one; remove one"));
}

TEST(EntityFile, DeletesAreReadWhole) {
  EXPECT_EQ(entity_after_head("").deletes.kind, Deletes::Kind::Ignore);
  EXPECT_EQ(entity_after_head("deletes: ignore\n").deletes.kind, Deletes::Kind::Ignore);
  EXPECT_EQ(entity_after_head("deletes: {hard: true}\n").deletes.kind, Deletes::Kind::Hard);
  const Deletes soft = entity_after_head("deletes: {soft: gone_at, resurrect: true}\n").deletes;
  EXPECT_EQ(soft.kind, Deletes::Kind::Soft);
  EXPECT_EQ(soft.column, "gone_at");
  EXPECT_TRUE(soft.resurrect);
}

TEST(EntityFile, AFieldIsReadWhole) {
  const Entity entity = entity_after_head(
      "fields:\n"
      "  short: [a, B b]\n"
      "  money: {from: x, type: money, unit: minor, store: minor, currency: USD, decorated: true, decimal_mark: ','}\n"
      "  price: {from: x, type: money, currency: order.currency}\n"
      "  day: {from: t, type: date, zone: \"${settings.zone}\", unclear: later, format: \"%Y\"}\n"
      "  state: {from: [s], first_value: true, values: {\" Check In \": attended, gone: null, '5': five}, otherwise: null, default: d, "
      "on_missing: reject, blank: null}\n"
      "  literal: {from: s, values: {a: b}, otherwise: 'reject'}\n"
      "  fixed: {const: 'x'}\n"
      "  ruled: {rules: origin}\n");
  ASSERT_EQ(entity.fields.size(), 8u);
  EXPECT_EQ(entity.fields[0].from.paths.at(1).text, "B b");
  EXPECT_EQ(entity.fields[0].place.line, 6);
  EXPECT_EQ(entity.fields[1].unit, MoneyUnit::Minor);
  EXPECT_TRUE(entity.fields[1].money_as_minor);
  EXPECT_EQ(entity.fields[1].currency, "USD");
  EXPECT_TRUE(entity.fields[1].decorated);
  EXPECT_EQ(entity.fields[1].decimal_mark, ',');
  EXPECT_EQ(entity.fields[2].currency_from->paths.at(0).text, "order.currency");
  EXPECT_EQ(entity.fields[3].zone->name(), "UTC");
  EXPECT_EQ(entity.fields[3].unclear, base::Zone::Unclear::Later);
  const FieldMapping& state = entity.fields[4];
  EXPECT_TRUE(state.from.first_value);
  EXPECT_EQ(state.values,
            (std::map<std::string, std::optional<std::string>>{{"check in", "attended"}, {"gone", std::nullopt}, {"5", "five"}}));
  EXPECT_EQ(state.otherwise_policy, Policy::Null);
  EXPECT_EQ(state.fallback, "d");
  EXPECT_EQ(state.on_missing, Policy::Reject);
  EXPECT_EQ(state.blank, Policy::Null);
  EXPECT_EQ(entity.fields[5].otherwise, "reject");
  EXPECT_FALSE(entity.fields[5].otherwise_policy);
  EXPECT_EQ(entity.fields[6].constant, "x");
  EXPECT_EQ(entity.fields[7].rules, "origin");
}

TEST(EntityFile, FiltersKeysAndRelationsAreReadWhole) {
  const Entity entity = entity_after_head(
      "where: {kind: {one_of: [a, 1]}, age: {greater: 3, less: 9}}\n"
      "version: {column: seen, from: {from: [u, v], first_value: true}}\n"
      "relations:\n"
      "  plan_id: {to: {table: studio.plans, column: id}, by: [{name: [n, m]}], missing: reject, ambiguous: null}\n"
      "local: [notes]\n");
  ASSERT_EQ(entity.where.size(), 3u);
  EXPECT_EQ(entity.where[0].test.values, (std::vector<std::string>{"a", "1"}));
  EXPECT_EQ(entity.where[2].test.kind, config::Test::Kind::Less);
  EXPECT_EQ(entity.version->column, "seen");
  EXPECT_TRUE(entity.version->from.first_value);
  const Relation& relation = entity.relations.at(0);
  EXPECT_EQ(*relation.table, (record::TableName{"studio", "plans"}));
  EXPECT_EQ(relation.by.at(0).column, "name");
  EXPECT_EQ(relation.by.at(0).from.paths.size(), 2u);
  EXPECT_EQ(relation.missing, Relation::Missing::Reject);
  EXPECT_EQ(relation.ambiguous, Relation::Ambiguous::Null);
  EXPECT_EQ(entity.local, std::vector<std::string>{"notes"});
}

}  // namespace
}  // namespace syncline::config
