// SPDX-License-Identifier: Apache-2.0
// What the database lacks for a project: read from the catalog, applied, and then nothing more.
#include "schema/plan.hpp"

#include <gtest/gtest.h>

#include "schema/migrations.hpp"
#include "support/on_both_databases.hpp"

namespace syncline::schema {
namespace {

class Planning : public test::OnBothDatabases {
 protected:
  config::Entity& entity(const std::string& name, const std::string& table) {
    config::Entity& made = project_.entities.emplace_back();
    made.name = name;
    made.table = {"", table};
    made.key.column = "external_id";
    made.place = {"entities/" + name + ".yaml", 2, 8};
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

  using Words = std::vector<std::string>;
  config::Project project_;
};

INSTANTIATE_TEST_SUITE_P(Databases, Planning, test::both_databases(), test::database_name);

// --- what is in the way ---

TEST_P(Planning, AMissingTableNamesTheNearest) {
  run("CREATE TABLE customers (id integer PRIMARY KEY); CREATE TABLE invoices (id integer)");
  entity("people", "costumers");
  EXPECT_EQ(problem(), "entities/people.yaml:2:8: there is no table `costumers` in the database; did you mean `customers`?");
  project_.entities[0].table.name = "zzzzzzzzzzzzzz";
  EXPECT_NE(problem().find("`table:` names one you already have"), std::string::npos) << problem();
}

TEST_P(Planning, EverythingInTheWayIsToldAtOnce) {
  run("CREATE TABLE bookings (id integer PRIMARY KEY)");
  entity("people", "people");
  relation(entity("bookings", "bookings"), "plan_id", "").table = record::TableName{"", "plans"};
  entity("sales", "sales");
  const std::string said = problem();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 2) << said;
  EXPECT_NE(said.find("there is no table `plans`"), std::string::npos) << said;
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
  run("CREATE TABLE plans (site integer, code integer, PRIMARY KEY (site, code)); CREATE TABLE members (id integer PRIMARY KEY)");
  config::Relation& plan = relation(entity("members", "members"), "plan_id", "");
  plan.table = record::TableName{"", "plans"};
  EXPECT_NE(problem().find("write `to: {table: plans, column: …}`"), std::string::npos) << problem();
  plan.table_column = "code";
  EXPECT_EQ(problem(), "");
}

TEST_P(Planning, AParentIsAlsoKnownByTheForeignKeyThatIsThere) {
  run("CREATE TABLE plans (site integer, code integer UNIQUE, PRIMARY KEY (site, code)); "
      "CREATE TABLE members (id integer PRIMARY KEY, plan_code integer REFERENCES plans (code))");
  relation(entity("members", "members"), "plan_code", "").table = record::TableName{"", "plans"};
  EXPECT_EQ(problem(), "");
}

TEST_P(Planning, ANamedColumnThatTheParentLacksIsToldFromAParentWithoutKey) {
  run("CREATE TABLE plans (id integer PRIMARY KEY, code integer); CREATE TABLE members (id integer PRIMARY KEY)");
  config::Relation& plan = relation(entity("members", "members"), "plan_id", "");
  plan.table = record::TableName{"", "plans"};
  plan.table_column = "cod";
  EXPECT_EQ(problem(), "entities/members.yaml:9:3: `plans` has no column `cod`; did you mean `code`?");
}

// --- what is planned ---

TEST_P(Planning, WhatIsMissingIsPlannedAndOnlyThat) {
  run("CREATE TABLE customers (id integer PRIMARY KEY, name text)");
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
  run("CREATE TABLE customers (id integer PRIMARY KEY)");
  entity("customers", "customers");
  const Words first = planned();
  EXPECT_EQ(planned(), first);
  EXPECT_EQ(first.size(), 3u);
}

TEST_P(Planning, APlannedColumnIsOfTheTypeItsFieldDeclares) {
  run("CREATE TABLE sales (id integer PRIMARY KEY)");
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
  run(std::string("CREATE TABLE customers (id ") + (postgres() ? "uuid" : "UUID TEXT") +
      " PRIMARY KEY); CREATE TABLE bookings (id integer PRIMARY KEY)");
  entity("customers", "customers");
  relation(entity("bookings", "bookings"), "customer_id", "customers");
  migrate();
  EXPECT_EQ((*db().describe({"", "bookings"}))->column("customer_id")->type, record::ColumnType::Uuid);
}

TEST_P(Planning, TwoEntitiesOnOneTableNeedItsColumnsOnce) {
  run("CREATE TABLE people (id integer PRIMARY KEY)");
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
  run(R"(CREATE TABLE "My ""odd"" Ta.ble; --" (id integer PRIMARY KEY))");
  config::Entity& odd = entity("odd", R"(My "odd" Ta.ble; --)");
  odd.key.column = R"(Ext."Id")";
  field(odd, "ORDER");
  migrate();
  EXPECT_EQ(planned(), Words());
}

TEST_P(Planning, AnIndexNameIsNeverCutIntoAnother) {
  const std::string first = std::string(45, 'x') + "_first", second = std::string(45, 'x') + "_second";
  for (const std::string& table : {first, second}) {
    run("CREATE TABLE " + table + " (id integer PRIMARY KEY)");
    entity(table, table);
  }
  migrate();
  EXPECT_EQ(planned(), Words());
}

TEST_P(Planning, AnIndexNameIsNotCutWithinALetter) {
  for (const std::string table : {"Übungsstundenverzeichnisübersichtstabelle", "xÜbungsstundenverzeichnisübersichtstabelle"}) {
    run("CREATE TABLE " + sql::quoted(table) + " (id integer PRIMARY KEY)");
    entity(table, table).key.column = "ßußerlicherSchlüssel";
  }
  migrate();
  EXPECT_EQ(planned(), Words());
}

TEST_P(Planning, IndexesOfTwoTablesHaveTwoNames) {
  run("CREATE TABLE a_b (id integer PRIMARY KEY); CREATE TABLE a (id integer PRIMARY KEY)");
  entity("one", "a_b").key.column = "c";
  entity("two", "a").key.column = "b_c";
  migrate();
  EXPECT_EQ(planned(), Words());
}

class PlanningForPostgres : public Planning {};
INSTANTIATE_TEST_SUITE_P(Databases, PlanningForPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

TEST_P(PlanningForPostgres, TablesOfOneNameInTwoSchemasEachGetTheirs) {
  run("CREATE SCHEMA studio; CREATE SCHEMA archive; CREATE TABLE studio.bookings (id integer PRIMARY KEY); CREATE TABLE archive.bookings "
      "(id integer PRIMARY KEY)");
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

TEST_P(PlanningForPostgres, TheGrantsThatAreNamedAreEnoughToSyncAndNoMore) {
  run("CREATE TABLE customers (id " + counted() + ")");
  entity("customers", "customers");
  migrate();
  const std::string database = all("SELECT current_database()"), role = "sync_only_" + database;
  run("CREATE ROLE " + role + " LOGIN PASSWORD 'test-only-password'");
  for (std::string grant : grants(GetParam(), project_)) {
    const std::string mark = "TO …";
    ASSERT_NE(grant.find(mark), std::string::npos) << grant;
    run(grant.replace(grant.find(mark), mark.size(), "TO " + role));
  }
  const auto restricted = open(test::PostgresCluster::shared().url(database, role, "test-only-password"), std::chrono::seconds(5));
  EXPECT_TRUE(make_plan(*restricted, project_)->changes.empty());
  run(*restricted, "INSERT INTO customers (external_id) VALUES ('a'); UPDATE customers SET synced_at = now()");
  state::Store store(*restricted, "");
  EXPECT_TRUE(store.next_run());
  EXPECT_TRUE(store.add_rejects(1, "customers", "main", {{"map", "k", "f", "c", "r", "v", "p"}}));
  EXPECT_FALSE(restricted->execute("DROP TABLE customers"));
}

}  // namespace
}  // namespace syncline::schema
