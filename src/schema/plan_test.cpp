// SPDX-License-Identifier: Apache-2.0
// What the database lacks for a project: read from the catalog, applied, and then nothing more.
#include "schema/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "schema/grants.hpp"
#include "schema/migrations.hpp"
#include "support/on_both_databases.hpp"

namespace syncline::schema {
namespace {

class Planning : public test::OnBothDatabases {
 protected:
  using Words = std::vector<std::string>;

  config::Entity& entity(const std::string& name, const std::string& table) {
    config::Entity& made = project_.entities.emplace_back();
    made.name = name;
    made.table = {"", table};
    made.key.column = "external_id";
    made.place = {"entities/" + name + ".yaml", 2, 8};
    made.stamp = false;
    return made;
  }
  static config::FieldMapping& field(config::Entity& of, const std::string& column,
                                     config::FieldType type = config::FieldType::FromColumn) {
    config::FieldMapping& made = of.fields.emplace_back();
    made.column = column;
    made.type = type;
    return made;
  }
  static config::Relation& relation(config::Entity& of, const std::string& column, const std::string& to) {
    config::Relation& made = of.relations.emplace_back();
    made.column = column;
    made.entity = to;
    made.place = {"entities/" + of.name + ".yaml", 9, 3};
    return made;
  }

  /// What is planned for the user's own tables, by their first words.
  std::vector<std::string> planned() {
    std::vector<std::string> out;
    const auto plan = make_plan(db(), project_);
    if (!plan) return {plan.error().message};
    for (const SchemaChange& change : plan->changes) {
      if (change.what.starts_with("table ") || change.what.starts_with("schema ")) continue;
      out.push_back(change.what.substr(0, change.what.find(',')));
    }
    return out;
  }
  std::vector<std::string> warned() {
    const auto plan = make_plan(db(), project_);
    return plan ? plan->warnings : Words{plan.error().message};
  }
  std::string problem() {
    const auto plan = make_plan(db(), project_);
    if (plan) return "";
    EXPECT_EQ(plan.error().kind, base::ErrorKind::ContractDrift);
    return plan.error().message;
  }
  void migrate() {
    const auto plan = make_plan(db(), project_);
    ASSERT_TRUE(plan) << plan.error().message;
    for (const SchemaChange& change : plan->changes) run(change.sql);
  }

  config::Project project_;
};

INSTANTIATE_TEST_SUITE_P(Databases, Planning, test::both_databases(), test::database_name);

// --- what is in the way ---

TEST_P(Planning, AMissingTableNamesTheNearest) {
  run("CREATE TABLE customers (id " + counted() + "); CREATE TABLE invoices (id integer)");
  entity("people", "costumers");
  EXPECT_EQ(problem(), "entities/people.yaml:2:8: there is no table `costumers` in the database; did you mean `customers`?");
  project_.entities[0].table.name = "zzzzzzzzzzzzzz";
  EXPECT_NE(problem().find("`table:` names one you already have"), std::string::npos) << problem();
}

// F6: 1.0 and 1.00
TEST_P(Planning, ADecimalIsAKeyOnlyWhereItsEqualityIsThatOfNumbers) {
  run(std::string("CREATE TABLE people (id ") + counted() + ", external_id " + (postgres() ? "numeric" : "DECIMAL TEXT") + ")");
  entity("people", "people").key.place = {"entities/people.yaml", 4, 1};
  EXPECT_EQ(problem(), postgres() ? ""
                                  : "entities/people.yaml:4:1: `external_id` is DECIMAL TEXT, which SQLite keeps as text: 1.0 and 1.00 "
                                    "would be two keys; make it TEXT or INTEGER");
}

TEST_P(Planning, EverythingInTheWayIsToldAtOnce) {
  run("CREATE TABLE bookings (id " + counted() + ")");
  entity("people", "people");
  relation(entity("bookings", "bookings"), "plan_id", "").table = record::TableName{"", "plans"};
  entity("sales", "sales");
  const std::string said = problem();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 2) << said;
  EXPECT_NE(said.find("there is no table `plans`"), std::string::npos) << said;
}

TEST_P(Planning, DeletesByAKeyWhoseDifferentTextsAreEqualAreInTheWay) {
  if (postgres()) run("CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  run("CREATE TABLE orders (id " + counted() + ", external_id text COLLATE " + (postgres() ? "no_case" : "NOCASE") + " UNIQUE)");
  config::Entity& orders = entity("orders", "orders");
  EXPECT_EQ(problem(), "") << "rows are found by it all the same";
  orders.deletes.kind = config::Deletes::Kind::Hard;
  orders.deletes.place = {"entities/orders.yaml", 7, 10};
  EXPECT_EQ(problem(),
            "entities/orders.yaml:7:10: rows of orders cannot be deleted by their key `external_id`: its collation calls different texts "
            "equal, and whether two are one key only the database can tell; write `deletes: ignore`");
}

TEST_P(Planning, StampColumnsArePlannedWhereTheDatabaseCanUseThem) {
  run("CREATE TABLE customers (id " + counted() + ", external_id text UNIQUE, synced_at text)");
  entity("customers", "customers").stamp = true;
  const Words stamps{"customers: column sync_hash", "customers: column sync_xid"};
  EXPECT_EQ(planned(), postgres() ? stamps : Words{});
  migrate();
  EXPECT_EQ(planned(), Words{});
  if (postgres()) {
    EXPECT_EQ(all("SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'customers'::regclass AND attname "
                  "LIKE 'sync\\_%' ORDER BY attname"),
              "sync_hash|bigint, sync_xid|xid");
  }
}

TEST_P(Planning, AColumnThatATableOfOursDidNotHaveBeforeIsAdded) {
  migrate();
  run(std::string("ALTER TABLE ") + (postgres() ? "syncline.sync_log" : "sync_log") + " DROP COLUMN restamped");
  run(std::string("INSERT INTO ") + (postgres() ? "syncline.sync_reject" : "sync_reject") +
      " (run, entity, account, stage, key, field, code, reason, value, payload, created_at) VALUES (1, '', '', '', '', '', '', '', '', '', "
      "'2026-01-01')");
  const auto plan = make_plan(db(), project_);
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(plan->changes.size(), 1u);
  EXPECT_NE(plan->changes[0].what.find("column restamped, new in this version"), std::string::npos) << plan->changes[0].what;
  migrate();
  EXPECT_TRUE(make_plan(db(), project_)->changes.empty());
}

TEST_P(Planning, ATableOfOursWhoseNameIsTakenIsRefusedAndThePrefixHelps) {
  run(postgres() ? "CREATE SCHEMA syncline; CREATE TABLE syncline.sync_log (mine text)" : "CREATE TABLE sync_log (mine text)");
  const std::string said = problem();
  EXPECT_NE(said.find("sync_log"), std::string::npos) << said;
  EXPECT_NE(said.find("it is not ours"), std::string::npos) << said;
  EXPECT_NE(said.find("tables_prefix: "), std::string::npos) << said;
  project_.tables_prefix = "ours_";
  migrate();
  EXPECT_TRUE(make_plan(db(), project_)->changes.empty());
  EXPECT_EQ(all(postgres() ? "SELECT count(*) FROM syncline.ours_sync_log" : "SELECT count(*) FROM ours_sync_log"), "0");
  EXPECT_EQ(all(postgres() ? "SELECT count(*) FROM syncline.sync_log" : "SELECT count(*) FROM sync_log"), "0");
}

TEST_P(Planning, AParentWithoutASingleKeySaysWhatToWrite) {
  run("CREATE TABLE plans (site integer, code integer, PRIMARY KEY (site, code)); CREATE TABLE members (id " + counted() + ")");
  config::Relation& plan = relation(entity("members", "members"), "plan_id", "");
  plan.table = record::TableName{"", "plans"};
  EXPECT_NE(problem().find("write `to: {table: plans, column: …}`"), std::string::npos) << problem();
  plan.table_column = "code";
  EXPECT_EQ(problem(), "");
}

TEST_P(Planning, AParentIsAlsoKnownByTheForeignKeyThatIsThere) {
  run("CREATE TABLE plans (site integer, code integer UNIQUE, PRIMARY KEY (site, code)); "
      "CREATE TABLE members (id " +
      counted() + ", plan_code integer REFERENCES plans (code))");
  relation(entity("members", "members"), "plan_code", "").table = record::TableName{"", "plans"};
  EXPECT_EQ(problem(), "");
}

TEST_P(Planning, ANamedColumnThatTheParentLacksIsToldFromAParentWithoutKey) {
  run("CREATE TABLE plans (id " + counted() + ", code integer); CREATE TABLE members (id " + counted() + ")");
  config::Relation& plan = relation(entity("members", "members"), "plan_id", "");
  plan.table = record::TableName{"", "plans"};
  plan.table_column = "cod";
  EXPECT_EQ(problem(), "entities/members.yaml:9:3: `plans` has no column `cod`; did you mean `code`?");
}

TEST_P(Planning, AColumnThatCannotHoldItsFieldIsRefused) {
  run("CREATE TABLE sales (id " + counted() + ", price boolean, born date, note text)");
  config::Entity& sales = entity("sales", "sales");
  field(sales, "price", config::FieldType::Money).place = {"entities/sales.yaml", 12, 5};
  field(sales, "born", config::FieldType::Timestamp).place = {"entities/sales.yaml", 13, 5};
  field(sales, "note", config::FieldType::Integer);
  EXPECT_EQ(problem(), std::string("entities/sales.yaml:12:5: `price`: type money cannot go into a column that is boolean\n"
                                   "entities/sales.yaml:13:5: `born`: type timestamp cannot go into a column that is date"));
}

TEST_P(Planning, AKeyThatCannotBeOneIsRefused) {
  run(std::string("CREATE TABLE sales (id " + counted() + ", external_id ") + (postgres() ? "float8" : "REAL") + ")");
  entity("sales", "sales").key.place = {"entities/sales.yaml", 4, 1};
  EXPECT_EQ(problem(), "entities/sales.yaml:4:1: `external_id` is a float, which cannot be a key");
}

TEST_P(Planning, AColumnOfTheFilesOwnMakingIsJudgedAsItWillBe) {
  run("CREATE TABLE sales (id " + counted() + ")");
  config::FieldMapping& sold = field(entity("sales", "sales"), "sold_at", config::FieldType::Timestamp);
  sold.format = "%d.%m.%Y";
  sold.place = {"entities/sales.yaml", 12, 5};
  EXPECT_EQ(problem(), "entities/sales.yaml:12:5: `sold_at`: has a `format:`, whose times are local; declare their `zone:`");
}

TEST_P(Planning, AColumnThatMustHaveAValueAndGetsNoneIsRefused) {
  run("CREATE TABLE bookings (id " + counted() +
      ", external_id text NOT NULL, title text NOT NULL, customer_id bigint NOT NULL, kind text NOT NULL DEFAULT 'x', room text NOT NULL, "
      "rooms text GENERATED ALWAYS AS (room) STORED NOT NULL, synced_at " +
      (postgres() ? "timestamptz" : "DATETIME") + " NOT NULL); CREATE TABLE customers (id " + counted() + ")");
  entity("customers", "customers");
  config::Entity& bookings = entity("bookings", "bookings");
  field(bookings, "title");
  relation(bookings, "customer_id", "customers");
  EXPECT_EQ(problem(),
            "entities/bookings.yaml:2:8: `room` of bookings is NOT NULL without a default and is not mapped, so that no new row could be "
            "inserted: map it (`const:` gives a fixed value, {sequence: NAME, create: after_max} a number), give it a DEFAULT, or let it "
            "be NULL");
  field(bookings, "room");
  EXPECT_EQ(problem(), "");
}

TEST_P(Planning, AGeneratedOrLocalColumnIsNotMapped) {
  run("CREATE TABLE sales (id " + counted() + ", a integer, twice integer GENERATED ALWAYS AS (a * 2) STORED, note text)");
  config::Entity& sales = entity("sales", "sales");
  sales.local = {"note"};
  field(sales, "twice").place = {"entities/sales.yaml", 12, 5};
  field(sales, "note").place = {"entities/sales.yaml", 13, 5};
  const std::string said = problem();
  EXPECT_TRUE(said.starts_with("entities/sales.yaml:12:5: `twice` of sales is generated by the database")) << said;
  EXPECT_NE(said.find("entities/sales.yaml:13:5: `note` is mapped, but `local:`"), std::string::npos) << said;
}

TEST_P(Planning, AViewIsNoTarget) {
  run("CREATE TABLE sales (id " + counted() + "); CREATE VIEW shown AS SELECT * FROM sales");
  entity("sales", "shown");
  const std::string said = problem();
  EXPECT_TRUE(said.starts_with("entities/sales.yaml:2:8: `shown` is a view, which cannot have the UNIQUE index")) << said;
}

// --- what is warned of ---

TEST_P(Planning, AMappedColumnThatWouldBeAddedBesideOneThatMayBeMeantIsAskedAbout) {
  run("CREATE TABLE customers (id " + counted() + ", first_name text, email text, city text, notes text)");
  config::Entity& customers = entity("customers", "customers");
  field(customers, "firstname").place = {"entities/customers.yaml", 6, 3};
  field(customers, "email");
  field(customers, "emails").place = {"entities/customers.yaml", 7, 3};  // the other one is mapped, too
  field(customers, "ids");                                               // the primary key cannot be meant
  customers.local = {"notes"};
  field(customers, "note");  // nor what is never written
  EXPECT_EQ(warned(), Words{"entities/customers.yaml:6:3: customers has no column `firstname`, so it will be added; did you mean "
                            "`first_name`?"});
  migrate();
  EXPECT_EQ(warned(), Words());
}

// rule 14: triggers are listed by plan
TEST_P(Planning, TriggersOfATargetAreNamed) {
  run("CREATE TABLE sales (id " + counted() + ", a integer)");
  entity("sales", "sales");
  EXPECT_EQ(warned(), Words());
  if (postgres()) {
    run("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
        "CREATE TRIGGER changed AFTER UPDATE ON sales FOR EACH ROW EXECUTE FUNCTION f(); "
        "CREATE TRIGGER silent AFTER INSERT ON sales FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE sales DISABLE TRIGGER silent; "
        "CREATE TRIGGER gone AFTER DELETE ON sales FOR EACH ROW EXECUTE FUNCTION f(); "
        "CREATE TRIGGER added BEFORE INSERT ON sales FOR EACH STATEMENT EXECUTE FUNCTION f()");
  } else {
    run("CREATE TRIGGER changed AFTER UPDATE ON sales BEGIN SELECT 1; END; CREATE TRIGGER added AFTER INSERT ON sales BEGIN SELECT 1; END");
  }
  EXPECT_EQ(warned(), (Words{"sales has triggers, which fire for the rows a sync writes as for any other: `added`, `changed`"}));
}

TEST_P(Planning, AKeyColumnWithNumbersOfYourOwnIsWarnedOfUntilASyncHasWritten) {
  run("CREATE TABLE customers (id " + counted() + ", external_id text UNIQUE)");
  entity("customers", "customers");
  EXPECT_EQ(warned(), Words());
  run("INSERT INTO customers (external_id) VALUES ('A-1'), (NULL)");
  const Words said = warned();
  ASSERT_EQ(said.size(), 1u);
  EXPECT_TRUE(said[0].starts_with("`external_id` of customers has a value in 1 rows already, though no sync has written")) << said[0];
}

TEST_P(Planning, AKeyColumnThatAnotherEntityOfTheProjectHasFilledIsNotWarnedOf) {
  run("CREATE TABLE customers (id " + counted() + ", external_id text UNIQUE, other_id text UNIQUE)");
  entity("customers", "customers");
  migrate();
  run("INSERT INTO customers (external_id, other_id) VALUES ('A-1', 'B-1')");
  state::Store store(db(), project_.tables_prefix);
  record::EntityReport report;
  report.entity = "customers";
  report.counters.inserted = 1;
  ASSERT_TRUE(store.log_unbegun(1, report, "ok"));
  EXPECT_EQ(warned(), Words());
  entity("profiles", "customers").insert = false;
  EXPECT_EQ(warned(), Words());
  project_.entities.back().key.column = "other_id";
  const Words said = warned();
  ASSERT_EQ(said.size(), 1u);
  EXPECT_TRUE(said[0].starts_with("`other_id` of customers has a value in 1 rows already")) << said[0];
}

// rule 10: source ids are never our primary key
TEST_P(Planning, AKeyThatIsThePrimaryKeyIsRefused) {
  run("CREATE TABLE customers (external_id text PRIMARY KEY, name text)");
  entity("customers", "customers");
  EXPECT_NE(problem().find("`external_id` is the primary key of customers: a vendor's ids do not belong there"), std::string::npos)
      << problem();
}

// rule 10: our primary key is never given other values
TEST_P(Planning, WhatIsMappedOntoThePrimaryKeyIsRefused) {
  run("CREATE TABLE people (id " + counted() + "); CREATE TABLE cards (id " + counted() + ")");
  entity("people", "people");
  config::Entity& cards = entity("cards", "cards");
  const std::string objection = "`id` is the primary key of cards, by which the rest of your data knows its rows";
  field(cards, "id").place = {"entities/cards.yaml", 12, 5};
  EXPECT_TRUE(problem().starts_with("entities/cards.yaml:12:5: " + objection)) << problem();
  EXPECT_NE(problem().find("take it out of the mapping, or name a column of its own"), std::string::npos) << problem();
  cards.fields.clear();
  relation(cards, "id", "people");
  EXPECT_TRUE(problem().starts_with("entities/cards.yaml:9:3: " + objection)) << problem();
  cards.relations.clear();
  cards.version = config::Entity::Version{"id", {}, {"entities/cards.yaml", 5, 1}};
  EXPECT_TRUE(problem().starts_with("entities/cards.yaml:5:1: " + objection)) << problem();
  cards.version.reset();
  EXPECT_EQ(problem(), "");
}

TEST_P(Planning, AColumnThatIsOnlyPartOfThePrimaryKeyMayBeMapped) {
  run("CREATE TABLE people (id " + counted() + "); CREATE TABLE groups (id " + counted() +
      "); CREATE TABLE members (person_id integer, group_id integer, PRIMARY KEY (person_id, group_id))");
  entity("people", "people");
  entity("groups", "groups");
  config::Entity& members = entity("members", "members");
  relation(members, "person_id", "people");
  relation(members, "group_id", "groups");
  EXPECT_EQ(problem(), "");
}

TEST_P(Planning, APrimaryKeyThatIsItsParentsMayBeARelation) {
  run("CREATE TABLE people (id " + counted() + "); CREATE TABLE profiles (person_id integer PRIMARY KEY REFERENCES people (id))");
  entity("people", "people");
  relation(entity("profiles", "profiles"), "person_id", "people");
  EXPECT_EQ(problem(), "");
}

// rule 10: a number is given once, when the row is inserted
TEST_P(Planning, APrimaryKeyWithoutADefaultMayBeNumbered) {
  run("CREATE TABLE cards (id integer PRIMARY KEY)");
  config::Numbering& number = entity("cards", "cards").numbers.emplace_back();
  number.column = "id";
  number.sequence = record::TableName{"", "card_seq"};
  number.create_after_max = true;
  EXPECT_EQ(problem(), "");
}

TEST_P(Planning, ALocalColumnThatTheTableLacksIsRefused) {
  run("CREATE TABLE customers (id integer PRIMARY KEY, notes text)");
  entity("customers", "customers").local = {"nots"};
  EXPECT_NE(problem().find("`local` names `nots`, which customers does not have; did you mean `notes`?"), std::string::npos) << problem();
}

TEST_P(Planning, AParentOfNoEntityThatMayBeFoundTwiceIsWarnedOf) {
  run("CREATE TABLE plans (id " + counted() + ", code text, name text UNIQUE); CREATE TABLE members (id " + counted() + ")");
  config::Relation& plan = relation(entity("members", "members"), "plan_id", "");
  plan.table = record::TableName{"", "plans"};
  plan.by.emplace_back().kind = config::RelationWay::Kind::Column;
  plan.by[0].column = "name";
  EXPECT_EQ(warned(), Words());
  plan.by[0].column = "code";
  const Words said = warned();
  ASSERT_EQ(said.size(), 1u);
  EXPECT_TRUE(said[0].starts_with("entities/members.yaml:9:3: `code` of plans is not unique, so that `plan_id` may find two rows"))
      << said[0];
  run(said[0].substr(said[0].find("CREATE")));
  EXPECT_EQ(warned(), Words());
}

// --- what is planned ---

TEST_P(Planning, WhatIsMissingIsPlannedAndOnlyThat) {
  run("CREATE TABLE customers (id " + counted() + ", name text)");
  config::Entity& customers = entity("customers", "customers");
  field(customers, "name");
  field(customers, "born", config::FieldType::Date);
  customers.version = config::Entity::Version{"changed_at", {}, {}};
  EXPECT_EQ(planned(), (Words{"customers: column external_id", "customers: UNIQUE index on external_id", "customers: column changed_at",
                              "customers: column born", "customers: column synced_at"}));
  run("ALTER TABLE customers ADD COLUMN external_id text; ALTER TABLE customers ADD COLUMN synced_at text");
  EXPECT_EQ(planned(), (Words{"customers: UNIQUE index on external_id", "customers: column changed_at", "customers: column born"}));
  run("CREATE UNIQUE INDEX partly ON customers (external_id) WHERE name IS NOT NULL");
  EXPECT_EQ(planned().front(), "customers: UNIQUE index on external_id");
  run("CREATE UNIQUE INDEX wholly ON customers (external_id)");
  EXPECT_EQ(planned(), (Words{"customers: column changed_at", "customers: column born"}));
}

// F12: the catalog is asked first
TEST_P(Planning, NothingIsPlannedAfterAllWasApplied) {
  run("CREATE TABLE customers (id " + counted() + "); CREATE TABLE bookings (id " + counted() + ")");
  config::Entity& customers = entity("customers", "customers");
  for (const auto type : {config::FieldType::Text, config::FieldType::Integer, config::FieldType::Decimal, config::FieldType::Money,
                          config::FieldType::Boolean, config::FieldType::Timestamp, config::FieldType::Date, config::FieldType::Time,
                          config::FieldType::Json, config::FieldType::Uuid, config::FieldType::Email})
    field(customers, "f" + std::to_string(int(type)), type);
  relation(entity("bookings", "bookings"), "customer_id", "customers");
  migrate();
  const auto plan = make_plan(db(), project_);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_TRUE(plan->changes.empty()) << plan->changes.front().what;
}

TEST_P(Planning, APlanChangesNothingByItself) {
  run("CREATE TABLE customers (id " + counted() + ")");
  entity("customers", "customers");
  const Words first = planned();
  EXPECT_EQ(planned(), first);
  EXPECT_EQ(first.size(), 3u);
}

TEST_P(Planning, APlannedColumnIsOfTheTypeItsFieldDeclares) {
  run("CREATE TABLE sales (id " + counted() + ")");
  config::Entity& sales = entity("sales", "sales");
  field(sales, "price", config::FieldType::Money);
  field(sales, "cents", config::FieldType::Money).money_as_minor = true;
  field(sales, "sold_at", config::FieldType::Timestamp);
  field(sales, "raw", config::FieldType::Json);
  migrate();
  const auto table = db().describe({"", "sales"});
  ASSERT_TRUE(table && *table);
  using record::ColumnType;
  EXPECT_EQ((*table)->column("price")->type, ColumnType::Decimal);
  EXPECT_EQ((*table)->column("cents")->type, ColumnType::Integer);
  EXPECT_EQ((*table)->column("sold_at")->type, ColumnType::Timestamp);
  EXPECT_EQ((*table)->column("synced_at")->type, ColumnType::Timestamp);
  EXPECT_EQ((*table)->column("raw")->type, postgres() ? ColumnType::Jsonb : ColumnType::Json);
  EXPECT_EQ((*table)->column("external_id")->type, ColumnType::Text);
  for (const char* name : {"price", "cents", "sold_at", "synced_at", "raw", "external_id"})
    EXPECT_TRUE((*table)->column(name)->nullable) << name;
}

TEST_P(Planning, ARelationsColumnIsOfItsParentsType) {
  run(std::string("CREATE TABLE customers (id ") + (postgres() ? "uuid DEFAULT gen_random_uuid()" : "UUID TEXT") +
      " PRIMARY KEY); CREATE TABLE bookings (id " + counted() + ")");
  entity("customers", "customers");
  relation(entity("bookings", "bookings"), "customer_id", "customers");
  migrate();
  EXPECT_EQ((*db().describe({"", "bookings"}))->column("customer_id")->type, record::ColumnType::Uuid);
}

TEST_P(Planning, TwoEntitiesOnOneTableNeedItsColumnsOnce) {
  run("CREATE TABLE people (id " + counted() + ")");
  field(entity("members", "people"), "name");
  config::Entity& guests = entity("guests", "people");
  guests.key.column = "guest_id";
  field(guests, "name");
  EXPECT_EQ(planned(), (Words{"people: column external_id", "people: UNIQUE index on external_id", "people: column name",
                              "people: column synced_at", "people: column guest_id", "people: UNIQUE index on guest_id"}));
  migrate();
  EXPECT_EQ(planned(), Words());
}

// --- names ---

TEST_P(Planning, NamesMayHoldQuotesCapitalsAndDots) {
  run(R"(CREATE TABLE "My ""odd"" Ta.ble; --" (id )" + counted() + ")");
  config::Entity& odd = entity("odd", R"(My "odd" Ta.ble; --)");
  odd.key.column = R"(Ext."Id")";
  field(odd, "ORDER");
  migrate();
  EXPECT_EQ(planned(), Words());
}

TEST_P(Planning, AnIndexNameIsNeverCutIntoAnother) {
  const std::string first = std::string(45, 'x') + "_first", second = std::string(45, 'x') + "_second";
  for (const std::string& table : {first, second}) {
    run("CREATE TABLE " + table + " (id " + counted() + ")");
    entity(table, table);
  }
  migrate();
  EXPECT_EQ(planned(), Words());
}

TEST_P(Planning, AnIndexNameIsNotCutWithinALetter) {
  for (const std::string table : {"Übungsstundenverzeichnisübersichtstabelle", "xÜbungsstundenverzeichnisübersichtstabelle"}) {
    run("CREATE TABLE " + sql::quoted(table) + " (id " + counted() + ")");
    entity(table, table).key.column = "ßußerlicherSchlüssel";
  }
  migrate();
  EXPECT_EQ(planned(), Words());
}

TEST_P(Planning, IndexesOfTwoTablesHaveTwoNames) {
  run("CREATE TABLE a_b (id " + counted() + "); CREATE TABLE a (id " + counted() + ")");
  entity("one", "a_b").key.column = "c";
  entity("two", "a").key.column = "b_c";
  migrate();
  EXPECT_EQ(planned(), Words());
}

class PlanningForPostgres : public Planning {};
INSTANTIATE_TEST_SUITE_P(Databases, PlanningForPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

TEST_P(PlanningForPostgres, TablesOfOneNameInTwoSchemasEachGetTheirs) {
  run("CREATE SCHEMA studio; CREATE SCHEMA archive; CREATE TABLE studio.bookings (id " + counted() +
      "); CREATE TABLE archive.bookings "
      "(id " +
      counted() + ")");
  entity("bookings", "bookings").table.schema = "studio";
  entity("archived", "bookings").table.schema = "archive";
  migrate();
  EXPECT_EQ(planned(), Words());
}

TEST_P(PlanningForPostgres, ASchemaThatIsThereIsNotMadeAgain) {
  run("CREATE ROLE tables_only_" + all("SELECT current_database()") +
      " LOGIN PASSWORD 'test-only-password'; CREATE SCHEMA syncline AUTHORIZATION tables_only_" + all("SELECT current_database()"));
  const std::string database = all("SELECT current_database()");
  const auto restricted =
      open(test::PostgresCluster::shared().url(database, "tables_only_" + database, "test-only-password"), std::chrono::seconds(5));
  const auto plan = make_plan(*restricted, project_);
  ASSERT_TRUE(plan) << plan.error().message;
  for (const SchemaChange& change : plan->changes) run(*restricted, change.sql);
  EXPECT_TRUE(make_plan(*restricted, project_)->changes.empty());
}

// rule 14: identity columns
TEST_P(PlanningForPostgres, AnIdentityThatIsAlwaysGeneratedIsNotMapped) {
  run("CREATE TABLE sales (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)");
  field(entity("sales", "sales"), "id").place = {"entities/sales.yaml", 12, 5};
  EXPECT_TRUE(problem().starts_with("entities/sales.yaml:12:5: `id` of sales is generated by the database")) << problem();
}

// rule 15: a partitioned table whose rows could not be told apart by its own key
TEST_P(PlanningForPostgres, APartitionedTableWhoseRowsCannotBeAdoptedIsRefused) {
  run("CREATE TABLE sales (id bigint DEFAULT 1, external_id text, email text, PRIMARY KEY (id, external_id)) PARTITION BY HASH "
      "(external_id)");
  config::Entity& sales = entity("sales", "sales");
  sales.adopt.emplace_back().columns = {"email"};
  sales.adopt[0].place = {"entities/sales.yaml", 7, 8};
  EXPECT_TRUE(problem().starts_with("entities/sales.yaml:7:8: rows of `sales` cannot be adopted: it has no primary key of one column"))
      << problem();
  sales.adopt.clear();
  EXPECT_EQ(problem(), "");
}

// rule 15: partitions by account
TEST_P(PlanningForPostgres, ATablePartitionedByTheAccountsColumnGetsItsIndexOverBoth) {
  run("CREATE TABLE sales (account text, amount text) PARTITION BY LIST (account); CREATE TABLE sales_north PARTITION OF sales FOR VALUES "
      "IN ('north')");
  config::Entity& sales = entity("sales", "sales");
  EXPECT_NE(problem().find("is partitioned by `account`, and so it cannot have"), std::string::npos) << problem();
  sales.key.account_column = "account";
  EXPECT_EQ(problem(), "");
  migrate();
  EXPECT_TRUE((*db().describe({"", "sales"}))->has_unique({"account", "external_id"}));
  EXPECT_EQ(planned(), Words{});
}

// rule 15: partitioned targets
TEST_P(PlanningForPostgres, APartitionedTableThatCannotHaveTheIndexIsRefused) {
  run("CREATE TABLE sales (id bigint, day date) PARTITION BY RANGE (day, (id + 1))");
  entity("sales", "sales").key.place = {"entities/sales.yaml", 4, 1};
  const std::string said = problem();
  EXPECT_TRUE(said.starts_with("entities/sales.yaml:4:1: `sales` is partitioned by `day`, an expression, and so it cannot have")) << said;
  run("DROP TABLE sales; CREATE TABLE sales (id bigint, day date) PARTITION BY LIST (day)");
  EXPECT_NE(problem().find("is partitioned by `day`, and so"), std::string::npos) << problem();
  run("DROP TABLE sales; CREATE TABLE sales (external_id text) PARTITION BY HASH (external_id); "
      "CREATE TABLE sales_0 PARTITION OF sales FOR VALUES WITH (MODULUS 1, REMAINDER 0)");
  EXPECT_EQ(problem(), "");
  migrate();
  EXPECT_EQ(planned(), Words());
}

TEST_P(PlanningForPostgres, AColumnThatATriggerMayFillIsOnlyWarnedOf) {
  run("CREATE TABLE sales (id integer PRIMARY KEY, room text NOT NULL); "
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id = 1; NEW.room = 1; RETURN NEW; END'; "
      "CREATE TRIGGER fill BEFORE INSERT ON sales FOR EACH ROW EXECUTE FUNCTION f()");
  entity("sales", "sales");
  const Words said = warned();
  ASSERT_EQ(said.size(), 3u);
  EXPECT_NE(said[0].find("`fill`"), std::string::npos) << said[0];
  EXPECT_TRUE(said[2].starts_with("entities/sales.yaml:2:8: `room` of sales is NOT NULL")) << said[2];
}

// rule 10: explicit ids do not advance a sequence
TEST_P(PlanningForPostgres, ASequenceBehindItsColumnIsWarnedOfAndRepaired) {
  run("CREATE SCHEMA \"Studio\"; CREATE TABLE \"Studio\".sales (id serial PRIMARY KEY, number bigint GENERATED BY DEFAULT AS IDENTITY "
      "UNIQUE, "
      "\"Count\" bigserial UNIQUE, loose serial, label text DEFAULT 'n' || nextval('\"Studio\".sales_id_seq'))");
  entity("sales", "sales").table.schema = "Studio";
  EXPECT_EQ(warned(), Words());
  run("INSERT INTO \"Studio\".sales (id, number, \"Count\", loose, label) VALUES (9, 8, 7, 6, 'mine')");
  Words said = warned();
  ASSERT_EQ(said.size(), 3u) << said.front();
  const std::vector<std::pair<std::string, std::string>> wanted{{"id", "9"}, {"number", "8"}, {"Count", "7"}};
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto& [column, taken] = wanted[i];
    EXPECT_TRUE(said[i].starts_with("the sequence of Studio.sales." + column + " gives 1 next, but " + taken + " is taken: ")) << said[i];
    const std::string mark = "Repair it with ";
    run(said[i].substr(said[i].find(mark) + mark.size()));
  }
  EXPECT_EQ(warned(), Words());
  run("INSERT INTO \"Studio\".sales DEFAULT VALUES");
  EXPECT_EQ(all("SELECT number, \"Count\" FROM \"Studio\".sales"), "8|7, 9|8");
}

// F11: warned of at half
TEST_P(PlanningForPostgres, ASequenceThatHasUsedHalfOfItsNumbersIsWarnedOfAndMadeWider) {
  run("CREATE TABLE sales (id serial PRIMARY KEY, number integer GENERATED BY DEFAULT AS IDENTITY, large bigserial, small smallserial)");
  entity("sales", "sales");
  run("SELECT setval('sales_id_seq', 1073741823); SELECT setval('sales_number_seq', 1073741823); SELECT setval('sales_small_seq', 16383)");
  EXPECT_EQ(warned(), Words());
  run("SELECT setval('sales_id_seq', 1073741824); SELECT setval('sales_number_seq', 1073741824); SELECT setval('sales_small_seq', 16384); "
      "SELECT setval('sales_large_seq', 5000000000)");
  const Words said = warned();
  ASSERT_EQ(said.size(), 3u);
  EXPECT_TRUE(
      said[0].starts_with("the sequence of sales.id gives 1073741825 next and has used more than half of the numbers up to 2147483647."))
      << said[0];
  for (const std::string& one : said) run(one.substr(one.find("ALTER TABLE")));
  EXPECT_EQ(warned(), Words());
}

// F11: an exhausted sequence has no next number
TEST_P(PlanningForPostgres, ASequenceThatHasGivenItsLastNumberIsSaidToHaveNoneLeft) {
  run("CREATE TABLE sales (id serial PRIMARY KEY, number integer GENERATED BY DEFAULT AS IDENTITY, small smallserial, next_to_last "
      "serial)");
  entity("sales", "sales");
  run("SELECT setval('sales_id_seq', 2147483647); SELECT setval('sales_number_seq', 2147483647); SELECT setval('sales_small_seq', 32767); "
      "SELECT setval('sales_next_to_last_seq', 2147483646)");
  const Words said = warned();
  ASSERT_EQ(said.size(), 4u);
  EXPECT_TRUE(said[0].starts_with("the sequence of sales.id has given its last number, 2147483647: no new row can be inserted."))
      << said[0];
  EXPECT_TRUE(said[1].starts_with("the sequence of sales.number has given its last number, 2147483647: ")) << said[1];
  EXPECT_TRUE(said[2].starts_with("the sequence of sales.small has given its last number, 32767: ")) << said[2];
  EXPECT_TRUE(said[3].starts_with("the sequence of sales.next_to_last gives 2147483647 next ")) << said[3];
  for (const std::string& one : said) run(one.substr(one.find("ALTER TABLE")));
  EXPECT_EQ(warned(), Words());
}

TEST_P(PlanningForPostgres, TheGrantsThatAreNamedAreEnoughToSyncAndNoMore) {
  run("CREATE SCHEMA studio; CREATE SCHEMA house; CREATE TABLE house.plans (id serial PRIMARY KEY, name text); "
      "CREATE TABLE studio.customers (id serial PRIMARY KEY, number bigint GENERATED BY DEFAULT AS IDENTITY, place integer); "
      "CREATE TABLE studio.lines (id serial PRIMARY KEY)");
  entity("customers", "customers").table.schema = "studio";
  config::Relation& plan = relation(project_.entities[0], "plan_id", "");
  plan.table = record::TableName{"house", "plans"};
  plan.table_column = "id";
  config::Numbering& number = project_.entities[0].numbers.emplace_back();
  number.column = "place";
  number.next_in = "plan_id";
  config::Entity& lines = entity("lines", "lines");
  lines.table.schema = "studio";
  lines.deletes.kind = config::Deletes::Kind::Hard;
  migrate();
  const std::string database = all("SELECT current_database()"), role = "sync_only_" + database;
  run("CREATE ROLE " + role + " LOGIN PASSWORD 'test-only-password'");
  const auto all_grants = grants(db(), project_);
  ASSERT_TRUE(all_grants) << all_grants.error().message;
  for (std::string grant : *all_grants) {
    const std::string mark = "TO …";
    ASSERT_NE(grant.find(mark), std::string::npos) << grant;
    run(grant.replace(grant.find(mark), mark.size(), "TO " + role));
  }
  const auto restricted = open(test::PostgresCluster::shared().url(database, role, "test-only-password"), std::chrono::seconds(5));
  EXPECT_TRUE(make_plan(*restricted, project_)->changes.empty());
  run(*restricted, "INSERT INTO studio.customers (external_id) VALUES ('a'); UPDATE studio.customers SET synced_at = now()");
  run(*restricted, "SELECT id FROM house.plans FOR NO KEY UPDATE");
  run(*restricted, "DELETE FROM studio.lines");
  EXPECT_FALSE(restricted->execute("DELETE FROM studio.customers"));
  EXPECT_FALSE(restricted->execute("UPDATE house.plans SET name = 'a'"));
  EXPECT_FALSE(restricted->execute("INSERT INTO house.plans (id, name) VALUES (1, 'a')"));
  EXPECT_FALSE(restricted->execute("SELECT nextval('house.plans_id_seq')"));
  state::Store store(*restricted, "");
  EXPECT_TRUE(store.next_run());
  EXPECT_TRUE(store.add_rejects(1, "customers", "main", {{"map", "k", "f", "c", "r", "v", "p"}}));
  EXPECT_FALSE(restricted->execute("DROP TABLE studio.customers"));
}

TEST_P(PlanningForPostgres, ARoleThatLacksARightIsToldWhatToHaveGranted) {
  run("CREATE TABLE plans (id serial PRIMARY KEY); CREATE TABLE customers (id serial PRIMARY KEY)");
  config::Entity& customers = entity("customers", "customers");
  relation(customers, "plan_id", "").table = record::TableName{"", "plans"};
  migrate();
  EXPECT_EQ(warned(), Words());
  const std::string database = all("SELECT current_database()"), role = "syncs_" + database;
  run("CREATE ROLE " + role + " LOGIN PASSWORD 'test-only-password'; GRANT USAGE ON SCHEMA syncline TO " + role);
  const auto restricted = open(test::PostgresCluster::shared().url(database, role, "test-only-password"), std::chrono::seconds(5));
  const auto said = [&] {
    const auto plan = make_plan(*restricted, project_);
    EXPECT_TRUE(plan) << plan.error().message;
    return plan && !plan->warnings.empty() ? plan->warnings.back() : std::string();
  };
  run("GRANT SELECT ON syncline.sync_log, customers TO " + role);
  const std::string begin = "this role lacks rights that a sync needs; have the owner run ";
  EXPECT_EQ(said(), begin + "GRANT SELECT ON \"public\".\"plans\" TO " + role +
                        "; GRANT SELECT, INSERT, UPDATE ON \"public\".\"customers\" TO " + role +
                        "; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA syncline TO " + role +
                        "; GRANT USAGE ON SEQUENCE public.customers_id_seq TO " + role + ";");
  run(said().substr(begin.size()));
  EXPECT_EQ(said(), "");
  customers.deletes.kind = config::Deletes::Kind::Hard;
  EXPECT_EQ(said(), begin + "GRANT SELECT, INSERT, UPDATE, DELETE ON \"public\".\"customers\" TO " + role + ";");
}

// --- numbers ---

// Correctness rule 10, pitfall 8: a number that is counted by hand continues after the highest there is, not after the key's.
TEST_P(Planning, ASequenceIsMadeBehindTheHighestNumberThereIs) {
  run("CREATE TABLE memberships (id " + counted() + ", external_id text UNIQUE, instance_id integer NOT NULL UNIQUE, synced_at " +
      (postgres() ? "timestamptz" : "DATETIME") + "); INSERT INTO memberships (id, instance_id) VALUES (2644, 9652)");
  config::Entity& memberships = entity("memberships", "memberships");
  EXPECT_NE(problem().find("{sequence: NAME, create: after_max} a number"), std::string::npos) << problem();
  config::Numbering& number = memberships.numbers.emplace_back();
  number.column = "instance_id";
  number.sequence = record::TableName{"", "instance_seq"};
  number.place = {"entities/memberships.yaml", 7, 3};
  EXPECT_EQ(problem(), !postgres() ? ""
                                   : "entities/memberships.yaml:7:3: there is no sequence \"instance_seq\"; name one there is, or write "
                                     "`create: after_max` and `syncline migrate` makes it");
  number.create_after_max = true;
  migrate();
  EXPECT_EQ(planned(), Words{});
  if (!postgres()) return;
  EXPECT_EQ(all("SELECT nextval('instance_seq')"), "9653");
  run("INSERT INTO memberships (instance_id) VALUES (9700)");
  EXPECT_EQ(
      problem(),
      "entities/memberships.yaml:7:3: the sequence \"instance_seq\" gives 9654 next, but memberships.instance_id has 9700 already: new "
      "rows would fail. Have its owner run SELECT setval('\"instance_seq\"', 9700);");
  const auto granted = grants(db(), project_);
  ASSERT_TRUE(granted);
  EXPECT_NE(std::find(granted->begin(), granted->end(), "GRANT USAGE ON SEQUENCE \"public\".\"instance_seq\" TO …;"), granted->end());
}

TEST_P(Planning, OnlyAnIntegerColumnIsNumbered) {
  run("CREATE TABLE lines (id " + counted() + ", external_id text UNIQUE, line_no text)");
  config::Numbering& number = entity("lines", "lines").numbers.emplace_back();
  number.column = "line_no";
  number.next_in = "sale_id";
  number.place = {"entities/lines.yaml", 7, 3};
  EXPECT_EQ(problem(), "entities/lines.yaml:7:3: `line_no` of lines cannot be numbered: it is " +
                           std::string(postgres() ? "text" : "TEXT") + "; name an integer column that may be written");
}

TEST_P(Planning, AColumnThatMustBeThereIsNotGoneWithout) {
  run("CREATE TABLE people (id " + counted() + ", external_id text UNIQUE, mail text NOT NULL UNIQUE)");
  field(entity("people", "people"), "mail").taken_as_null = true;
  EXPECT_NE(problem().find("`taken: null` is for a column that is UNIQUE by itself and can be NULL, which `mail` of people is not"),
            std::string::npos)
      << problem();
}

TEST_P(Planning, AnEntityThatInsertsNothingNeedsNoValueForEveryColumn) {
  run("CREATE TABLE people (id " + counted() + ", external_id text UNIQUE, number integer NOT NULL)");
  config::Entity& people = entity("people", "people");
  EXPECT_NE(problem().find("`number` of people is NOT NULL without a default and is not mapped"), std::string::npos) << problem();
  people.insert = false;
  EXPECT_EQ(problem(), "");
}

// rule 14: generated columns
TEST_P(Planning, ALinkThatTheDatabaseGeneratesCannotBeMade) {
  run("CREATE TABLE people (id " + counted() + ", external_id text UNIQUE)");
  run("CREATE TABLE visits (id " + counted() + ", external_id text UNIQUE, person_id bigint GENERATED ALWAYS AS (1) STORED)");
  entity("people", "people");
  relation(entity("visits", "visits"), "person_id", "people");
  EXPECT_NE(problem().find("`person_id`"), std::string::npos) << problem();
}

TEST_P(Planning, GoingWithoutATakenValueNeedsAColumnThatIsUniqueAndCanBeNull) {
  run("CREATE TABLE people (id " + counted() + ", external_id text UNIQUE, email text, mail text UNIQUE)");
  config::Entity& people = entity("people", "people");
  field(people, "mail").taken_as_null = true;
  EXPECT_EQ(problem(), "");
  field(people, "email").taken_as_null = true;
  EXPECT_NE(problem().find("`taken: null` is for a column that is UNIQUE by itself and can be NULL, which `email` of people is not"),
            std::string::npos)
      << problem();
}

TEST_P(PlanningForPostgres, ATableThatOthersInheritFromIsRefused) {
  run("CREATE TABLE people (id serial PRIMARY KEY, external_id text UNIQUE); CREATE TABLE vip () INHERITS (people)");
  entity("people", "people").place = {"entities/people.yaml", 1, 1};
  EXPECT_TRUE(problem().starts_with("entities/people.yaml:1:1: `vip` inherits from `people`, so that one id could be a row of both; "))
      << problem();
  run("ALTER TABLE vip NO INHERIT people");
  EXPECT_EQ(problem(), "");
}

TEST_P(PlanningForPostgres, AColumnToWhichACastWouldCutIsRefusedWhereItIsWritten) {
  run("CREATE TABLE people (id serial PRIMARY KEY, external_id text UNIQUE, flags bit(4), letter \"char\", nick name, tags varchar(3)[], "
      "free text[])");
  entity("people", "people");
  EXPECT_EQ(problem(), "") << "nobody writes them";
  project_.entities.clear();
  config::Entity& people = entity("people", "people");
  people.fields.emplace_back().column = "free";
  EXPECT_EQ(problem(), "");
  for (const std::string column : {"flags", "letter", "nick", "tags"}) {
    people.fields[0].column = column;
    people.fields[0].place = {"entities/people.yaml", 6, 3};
    EXPECT_TRUE(problem().starts_with("entities/people.yaml:6:3: `" + column + "` is ")) << problem();
    EXPECT_NE(problem().find("would cut"), std::string::npos) << problem();
  }
}

class PlanningForSqlite : public Planning {};
INSTANTIATE_TEST_SUITE_P(Databases, PlanningForSqlite, testing::Values(sql::Dialect::Sqlite), test::database_name);

TEST_P(PlanningForSqlite, AConstraintThatMakesRowsVanishIsRefused) {
  run("CREATE TABLE people (id INTEGER PRIMARY KEY, external_id text UNIQUE, email text UNIQUE ON/* */conflict\nreplace)");
  entity("people", "people").place = {"entities/people.yaml", 1, 1};
  EXPECT_TRUE(problem().starts_with("entities/people.yaml:1:1: a constraint of `people` says ON CONFLICT REPLACE")) << problem();
  run("DROP TABLE people; CREATE TABLE people (id INTEGER PRIMARY KEY, external_id text UNIQUE, email text UNIQUE ON CONFLICT ABORT "
      "DEFAULT "
      "' on conflict replace ', \" on conflict ignore \" text -- on conflict fail \n)");
  EXPECT_EQ(problem(), "");
}

TEST_P(PlanningForSqlite, AKeyWhoseColumnAndIndexCompareDifferentlyIsRefused) {
  run("CREATE TABLE people (id INTEGER PRIMARY KEY, external_id text COLLATE NOCASE); CREATE UNIQUE INDEX once ON people (external_id "
      "COLLATE BINARY)");
  entity("people", "people").key.place = {"entities/people.yaml", 4, 1};
  EXPECT_TRUE(problem().starts_with("entities/people.yaml:4:1: `external_id` compares by NOCASE, but its UNIQUE index by BINARY"))
      << problem();
  run("DROP INDEX once; CREATE UNIQUE INDEX once ON people (external_id)");
  EXPECT_EQ(problem(), "");
}

// D5: SQLite makes a number of it
TEST_P(PlanningForSqlite, AColumnThatMakesNumbersOfTextsIsRefusedWhereItIsWritten) {
  run("CREATE TABLE people (id INTEGER PRIMARY KEY, external_id text UNIQUE, name STRING, free, bytes BLOB)");
  config::Entity& people = entity("people", "people");
  people.fields.resize(2);
  people.fields[0].column = "free";
  people.fields[1].column = "bytes";
  EXPECT_EQ(problem(), "");
  people.fields[0].column = "name";
  people.fields[0].place = {"entities/people.yaml", 6, 3};
  EXPECT_EQ(problem(), "entities/people.yaml:6:3: `name` is STRING, in which SQLite keeps the text 0123 as the number 123; make it TEXT");
  run("DROP TABLE people; CREATE TABLE people (id INTEGER PRIMARY KEY, external_id TEXT UNIQUE, name ANY, bytes BLOB) STRICT");
  EXPECT_EQ(problem(), "");
}

}  // namespace
}  // namespace syncline::schema
