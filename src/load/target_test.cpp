// SPDX-License-Identifier: Apache-2.0
// What a table must have before it is written: otherwise the error says which command makes it.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Binding : public LoadTest {
 protected:
  [[nodiscard]] std::string when() const { return postgres() ? "timestamptz" : "DATETIME"; }
  /// The error of binding an entity to its table; "" if it can be bound.
  std::string problem(const std::string& entity) {
    const config::Entity& of = *project_.entity(entity);
    const auto table = db().describe(of.table);
    if (!table || !*table) return "no table";
    const auto target = bind_target(db(), project_, of, **table, {});
    if (target) return "";
    EXPECT_EQ(target.error().kind, base::ErrorKind::ContractDrift);
    return target.error().message;
  }
  void expect_problem(const std::string& entity, const std::string& words) {
    const std::string said = problem(entity);
    EXPECT_NE(said.find(words), std::string::npos) << said;
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, Binding, test::both_databases(), test::database_name);

// rule 12: without an arbiter nothing begins
TEST_P(Binding, AKeyWithoutAUniqueIndexIsDrift) {
  run("CREATE TABLE customers (external_id text, name text, synced_at " + when() +
      "); CREATE INDEX plain ON customers (external_id); CREATE UNIQUE INDEX pair ON customers (external_id, name)");
  entity("customers", {"name"});
  expect_problem("customers", "no UNIQUE index on `external_id`; `syncline migrate` makes it");
  run("CREATE UNIQUE INDEX part ON customers (external_id) WHERE name IS NOT NULL");
  expect_problem("customers", "no UNIQUE index");
  run("CREATE UNIQUE INDEX whole ON customers (external_id)");
  EXPECT_EQ(problem("customers"), "");
}

TEST_P(Binding, ATableWithoutSyncedAtIsDrift) {
  run("CREATE TABLE customers (external_id text UNIQUE)");
  entity("customers", {});
  expect_problem("customers", "no column `synced_at`; `syncline migrate` adds it");
}

TEST_P(Binding, WhatAPlanRefusesIsNotWrittenEither) {
  run("CREATE TABLE customers (id " + counted() + ", external_id text UNIQUE, name " + (postgres() ? "bit(4)" : "STRING") + ", synced_at " +
      when() + ")");
  entity("customers", {});
  EXPECT_EQ(problem("customers"), "");
  project_.entities.clear();
  config::Entity& customers = entity("customers", {"name"});
  customers.fields[0].place = {"entities/x.yaml", 9, 8};
  expect_problem("customers",
                 postgres() ? "entities/x.yaml:9:8: `name` is bit(4), to which" : "entities/x.yaml:9:8: `name` is STRING, in which");
}

TEST_P(Binding, AdoptedRowsNeedAPrimaryKeyOfTheirOwn) {
  const std::string rest = ", synced_at " + when() + ")";
  run("CREATE TABLE without (external_id text UNIQUE, email text" + rest +
      "; CREATE TABLE pair (a integer, b integer, external_id text UNIQUE" + ", email text, synced_at " + when() +
      ", PRIMARY KEY (a, b)); CREATE TABLE theirs (external_id text PRIMARY KEY, email text" + rest +
      "; CREATE TABLE whole (id integer PRIMARY KEY, external_id text UNIQUE, email text" + rest);
  for (const char* table : {"without", "pair", "theirs", "whole"}) {
    config::Entity& of = entity(table, {});
    run(std::string("ALTER TABLE ") + table + " ADD COLUMN parent bigint");
    relation(of, "parent", "whole");
    adopt_by(of, {"parent"});
    of.adopt[0].place = {"entities/x.yaml", 9, 8};
  }
  for (const char* table : {"without", "pair", "theirs"})
    expect_problem(table,
                   "entities/x.yaml:9:8: rows of `" + std::string(table) + "` cannot be adopted: it has no primary key of one column");
  EXPECT_EQ(problem("whole"), "");
}

TEST_P(Binding, ARelationNeedsItsColumnItsTableAndItsWays) {
  run("CREATE TABLE customers (id integer PRIMARY KEY, email text); CREATE TABLE bookings (external_id text UNIQUE, synced_at " + when() +
      ")");
  entity("customers", {});
  config::Relation& to_customer = relation(entity("bookings", {}), "customer_id", "customers");
  by_column(to_customer, "mail");
  expect_problem("bookings", "no column `customer_id`; `syncline migrate` adds it");
  run("ALTER TABLE bookings ADD COLUMN customer_id integer");
  expect_problem("bookings", "`customers` has no column `mail`; name one it has");
  to_customer.by.clear();
  by_external_id(to_customer);
  expect_problem("bookings", "`customers` has no column `external_id`; `syncline migrate` adds it");
  run("ALTER TABLE customers ADD COLUMN external_id text");
  expect_problem("bookings", "`customers` has no UNIQUE index on `external_id`, by which parents are found; `syncline migrate` makes it");
  to_customer.table = record::TableName{"", "clients"};
  expect_problem("bookings", "there is no table `clients`");
}

TEST_P(Binding, WhatARelationRefersToIsTheForeignKeysTargetThenThePrimaryKey) {
  run("CREATE TABLE customers (id integer PRIMARY KEY, code integer UNIQUE, external_id text UNIQUE, synced_at " + when() +
      ");"
      "CREATE TABLE bookings (external_id text UNIQUE, by_code integer REFERENCES customers (code), by_id integer, synced_at " +
      when() + "); INSERT INTO customers (id, code, external_id) VALUES (1, 100, 'c')");
  entity("customers", {});
  config::Entity& bookings = entity("bookings", {});
  by_external_id(relation(bookings, "by_code", "customers"));
  by_external_id(relation(bookings, "by_id", "customers"));
  EXPECT_EQ(loader("bookings").write({{Cell::of("a"), Cell::of("c"), Cell::of("c")}}), "1 inserted");
  EXPECT_EQ(all("SELECT by_code, by_id FROM bookings"), "100|1");
}

TEST_P(Binding, AParentWithoutASingleKeySaysWhatToWrite) {
  run("CREATE TABLE plans (site integer, code integer, name text, PRIMARY KEY (site, code)); CREATE TABLE members (external_id text "
      "UNIQUE, plan integer, synced_at " +
      when() + ")");
  config::Relation& plan = relation(entity("members", {}), "plan", "");
  plan.table = record::TableName{"", "plans"};
  by_column(plan, "name");
  expect_problem("members", "write `to: {table: plans, column: …}`");
  plan.table_column = "code";
  EXPECT_EQ(problem("members"), "");
}

}  // namespace
}  // namespace syncline::load
