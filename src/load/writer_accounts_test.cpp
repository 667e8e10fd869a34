// SPDX-License-Identifier: Apache-2.0
// Two accounts feed one table: equal ids are different rows.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Accounts : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    const std::string ours = ", external_id text, account text, changed_at " + when() + ", synced_at " + when() +
                             (postgres() ? ", sync_hash bigint, sync_xid xid" : "") + ", UNIQUE (account, external_id))";
    run("CREATE TABLE people (id " + counted() + ", email text, name text CHECK (name <> 'bad')" + ours);
    run("CREATE TABLE sales (id " + counted() + ", amount text, person_id bigint REFERENCES people (id)" + ours);
    for (const char* account : {"north", "south"}) {
      config::Entity& people = of_account(entity("people", {"email", "name"}), account);
      if (account == std::string("north")) north_ = &people;
      config::Entity& sales = of_account(entity("sales", {"amount"}), account);
      config::Relation& person = relation(sales, "person_id", "people");
      by_external_id(person);
      by_column(person, "email");
    }
  }
  [[nodiscard]] std::string when() const { return postgres() ? "timestamptz" : "DATETIME"; }
  static config::Entity& of_account(config::Entity& entity, const std::string& account) {
    entity.account = account;
    entity.key.account_column = "account";
    return entity;
  }
  config::Entity& made(const std::string& name, const std::string& account) {
    for (config::Entity& one : project_.entities) {
      if (one.name == name && one.account == account) return one;
    }
    ADD_FAILURE() << name;
    return project_.entities[0];
  }
  Loader of(const std::string& name, const std::string& account) { return {db(), project_, made(name, account)}; }
  static std::vector<Cell> row(const char* key, const char* email, const char* name) {
    return {Cell::of(key), Cell::of(email), Cell::of(name)};
  }
  std::string people() { return all("SELECT account, external_id, email, name FROM people ORDER BY account, external_id, id"); }

  config::Entity* north_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(Databases, Accounts, test::both_databases(), test::database_name);

TEST_P(Accounts, EqualIdsOfTwoAccountsAreTwoRows) {
  Loader north = of("people", "north"), south = of("people", "south");
  EXPECT_EQ(north.write({row("1", "ann@x.org", "Ann"), row("2", "bob@x.org", "Bob")}), "2 inserted") << north.message;
  EXPECT_EQ(south.write({row("1", "zoe@x.org", "Zoe"), row("2", "bob@x.org", "Bob")}), "2 inserted") << south.message;
  EXPECT_EQ(north.write({row("1", "ann@x.org", "Anna"), row("2", "bob@x.org", "Bob")}), "1 updated, 1 unchanged") << north.message;
  EXPECT_EQ(south.write({row("1", "zoe@x.org", "Zoe"), row("2", "bob@x.org", "Bob")}), "2 unchanged") << "nobody has touched its rows";
  EXPECT_EQ(people(), "north|1|ann@x.org|Anna, north|2|bob@x.org|Bob, south|1|zoe@x.org|Zoe, south|2|bob@x.org|Bob");
  EXPECT_EQ(all("SELECT account, inserted, updated FROM " + own("sync_log") + " ORDER BY account"), "north|2|1, south|2|0");
}

TEST_P(Accounts, ABadRowIsFoundAmongTheOwnOnes) {
  Loader north = of("people", "north"), south = of("people", "south");
  EXPECT_EQ(north.write({row("1", "a", "Ann"), row("2", "b", "Bob"), row("3", "c", "Cid")}), "3 inserted");
  EXPECT_EQ(south.write({row("1", "a", "Ann"), row("2", "b", "bad"), row("3", "c", "Cid")}), "2 inserted, 1 rejected") << south.message;
  EXPECT_EQ(all("SELECT count(*) FROM people"), "5");
  EXPECT_EQ(all("SELECT account, key FROM " + own("sync_reject")), "south|2");
}

TEST_P(Accounts, WhatIsTakenIsNotTakenForUnchangedBecauseOfTheOtherAccountsRow) {
  run("CREATE UNIQUE INDEX one_mail ON people (email)");
  made("people", "north").fields[0].taken_as_null = true;
  Loader north = of("people", "north"), south = of("people", "south");
  EXPECT_EQ(south.write({{Cell::of("7"), Cell::null(), Cell::of("New")}}), "1 inserted");
  EXPECT_EQ(north.write({{Cell::of("7"), Cell::null(), Cell::of("Old")}, row("9", "x@y", "Nina")}), "2 inserted");
  EXPECT_EQ(north.write({row("7", "x@y", "New")}), "1 updated")
      << "its e-mail is another's; the other account's row is just as it would be";
  EXPECT_EQ(people(), "north|7|NULL|New, north|9|x@y|Nina, south|7|NULL|New");
}

// F7: unique violation on another column
TEST_P(Accounts, WhatARowOfAnotherAccountHasIsNotGivenUpByTheOwnOneOfThatId) {
  run("CREATE UNIQUE INDEX one_mail ON people (email)");
  Loader north = of("people", "north"), south = of("people", "south");
  EXPECT_EQ(north.write({row("1", "a@x.org", "Ann"), row("2", "b@x.org", "Bob")}), "2 inserted");
  EXPECT_EQ(south.write({row("1", "c@x.org", "Cid")}), "1 inserted");
  EXPECT_EQ(north.write({row("1", "z@x.org", "Ann"), row("2", "c@x.org", "Bob")}), "1 updated, 1 rejected") << north.message;
  EXPECT_EQ(people(), "north|1|z@x.org|Ann, north|2|b@x.org|Bob, south|1|c@x.org|Cid");
  EXPECT_EQ(north.write({row("1", "b@x.org", "Ann"), row("2", "z@x.org", "Bob")}), "2 updated") << north.message;
  EXPECT_EQ(people(), "north|1|b@x.org|Ann, north|2|z@x.org|Bob, south|1|c@x.org|Cid") << "a swap within the account";
}

TEST_P(Accounts, WhatARowOfAnotherAccountWithThatIdHasIsTaken) {
  run("CREATE UNIQUE INDEX one_mail ON people (email)");
  Loader north = of("people", "north"), south = of("people", "south");
  EXPECT_EQ(south.write({row("1", "c@x.org", "Cid")}), "1 inserted");
  EXPECT_EQ(north.write({row("1", "c@x.org", "Ann"), row("2", "d@x.org", "Dan")}), "1 inserted, 1 rejected") << north.message;
  EXPECT_EQ(all("SELECT count(*) FROM " + own("sync_reject") + " WHERE key = '1' AND reason LIKE '%is taken by row 1, constraint%'"), "1")
      << all("SELECT reason FROM " + own("sync_reject"));
}

TEST_P(Accounts, ACheckSeesTheOwnRowAsItWouldStand) {
  run("CREATE TABLE guests (id " + counted() + ", external_id text, account text, synced_at " + when() +
      ", name text, known integer, CONSTRAINT named CHECK (name <> 'X' OR known = 1), UNIQUE (account, external_id))");
  for (const char* account : {"north", "south"}) of_account(entity("guests", {"name"}), account);
  const auto guest = [](const char* key, const char* name) { return std::vector<Cell>{Cell::of(key), Cell::of(name)}; };
  Loader north = of("guests", "north"), south = of("guests", "south");
  EXPECT_EQ(north.write({guest("1", "A"), guest("2", "B")}), "2 inserted");
  EXPECT_EQ(south.write({guest("1", "A"), guest("2", "B")}), "2 inserted");
  run("UPDATE guests SET known = CASE WHEN (account = 'north') = (external_id = '1') THEN 1 ELSE 0 END");
  EXPECT_EQ(north.write({guest("1", "X"), guest("2", "X")}), "1 updated, 1 rejected") << north.message;
  EXPECT_EQ(south.write({guest("1", "X"), guest("2", "X")}), "1 updated, 1 rejected") << south.message;
  EXPECT_EQ(all("SELECT account, external_id FROM guests WHERE name = 'X' ORDER BY 1"), "north|1, south|2");
}

TEST_P(Accounts, ParentsAreThoseOfTheSameAccount) {
  Loader people_north = of("people", "north"), people_south = of("people", "south");
  EXPECT_EQ(people_north.write({row("1", "ann@x.org", "Ann"), row("7", "twin@x.org", "T")}), "2 inserted");
  EXPECT_EQ(people_south.write({row("1", "zoe@x.org", "Zoe"), row("8", "twin@x.org", "T")}), "2 inserted");
  Loader north = of("sales", "north"), south = of("sales", "south");
  const auto sale = [](const char* key, const Cell& person, const Cell& email) {
    return std::vector<Cell>{Cell::of(key), Cell::of("10"), person, email};
  };
  EXPECT_EQ(north.write({sale("s", Cell::of("1"), Cell::null()), sale("t", Cell::null(), Cell::of("twin@x.org"))}), "2 inserted");
  EXPECT_EQ(south.write({sale("s", Cell::of("1"), Cell::null()), sale("t", Cell::null(), Cell::of("twin@x.org")),
                         sale("u", Cell::of("7"), Cell::null())}),
            "3 inserted")
      << south.message;
  EXPECT_EQ(all("SELECT s.account, s.external_id, p.account, p.external_id FROM sales s LEFT JOIN people p ON p.id = s.person_id ORDER BY "
                "s.account, s.external_id"),
            "north|s|north|1, north|t|north|7, south|s|south|1, south|t|south|8, south|u|NULL|NULL");
  EXPECT_EQ(north.write({sale("s", Cell::of("1"), Cell::null()), sale("t", Cell::null(), Cell::of("twin@x.org"))}), "2 unchanged");
}

TEST_P(Accounts, AParentOfNoAccountIsFoundByWhatItHasAndOneOfAnotherIsNot) {
  run("INSERT INTO people (email, account) VALUES ('mine@x.org', NULL), ('theirs@x.org', 'south')");
  const auto sale = [](const char* key, const char* email) {
    return std::vector<Cell>{Cell::of(key), Cell::of("10"), Cell::null(), Cell::of(email)};
  };
  EXPECT_EQ(of("sales", "north").write({sale("s", "mine@x.org"), sale("t", "theirs@x.org")}), "2 inserted");
  EXPECT_EQ(all("SELECT s.external_id, p.email FROM sales s LEFT JOIN people p ON p.id = s.person_id ORDER BY 1"), "s|mine@x.org, t|NULL");
}

TEST_P(Accounts, ARowIsAdoptedByItsAccountOrByWhomItIsNamed) {
  for (const char* account : {"north", "south"}) adopt_by(made("people", account), {"email"});
  run("INSERT INTO people (email, name, account) VALUES ('ann@x.org', 'A', NULL), ('bob@x.org', 'B', 'south'), ('cid@x.org', 'C', "
      "'south')");
  Loader north = of("people", "north"), south = of("people", "south");
  EXPECT_EQ(north.write({row("1", "ann@x.org", "A"), row("2", "bob@x.org", "B")}), "1 inserted, 1 adopted") << north.message;
  EXPECT_EQ(south.write({row("1", "ann@x.org", "A"), row("2", "bob@x.org", "B")}), "1 inserted, 1 adopted") << south.message;
  EXPECT_EQ(all("SELECT id, account, external_id FROM people ORDER BY id"), "1|north|1, 2|south|2, 3|south|NULL, 4|north|2, 5|south|1");
}

TEST_P(Accounts, ARowThatTheOtherAccountHasIsNotWhatWasAdopted) {
  for (const char* account : {"north", "south"}) adopt_by(made("people", account), {"email"});
  run("INSERT INTO people (email, name, account, external_id) VALUES ('x@y', 'S', 'south', '7')");
  run("INSERT INTO people (email, name) VALUES ('x@y', 'N')");
  Loader north = of("people", "north");
  EXPECT_EQ(north.write({row("1", "x@y", "N")}), "1 adopted") << north.message;
  EXPECT_EQ(north.write({row("2", "x@y", "N")}), "1 rejected") << north.message;
  EXPECT_EQ(all("SELECT count(*) FROM " + own("sync_reject") + " WHERE reason LIKE '%was adopted by record 1, which keeps it%'"), "1")
      << all("SELECT reason FROM " + own("sync_reject"));
}

class AccountsOnPostgres : public Accounts {};
INSTANTIATE_TEST_SUITE_P(Databases, AccountsOnPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

TEST_P(AccountsOnPostgres, ARowThatIsGivenToTheOtherAccountWhileWeWaitIsNotAdopted) {
  adopt_by(made("people", "north"), {"email"});
  run("INSERT INTO people (email, name) VALUES ('x@y', 'N')");
  EXPECT_EQ(write_against("people", "UPDATE people SET account = 'south'", {row("1", "x@y", "N")}), "1 inserted");
  EXPECT_EQ(people(), "north|1|x@y|N, south|NULL|x@y|N");
}

TEST_P(Accounts, ARowWithAnIdAndNoAccountStopsTheSync) {
  run("INSERT INTO people (external_id, email) VALUES ('1', 'ann@x.org')");
  const auto table = db().describe({"", "people"});
  ASSERT_TRUE(table && *table);
  const auto bound = bind_target(db(), project_, *north_, **table, {{record::RowColumn::Role::Key, *(*table)->column("external_id")}});
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().code, "no_account");
  EXPECT_NE(
      bound.error().message.find("UPDATE \"people\" SET \"account\" = '…' WHERE \"account\" IS NULL AND \"external_id\" IS NOT NULL;"),
      std::string::npos)
      << bound.error().message;
}

TEST_P(Accounts, TheIndexCoversTheAccount) {
  run("CREATE TABLE alone (id " + counted() + ", external_id text UNIQUE, account text, synced_at " + when() + ")");
  const config::Entity& entity = of_account(LoadTest::entity("alone", {}), "north");
  const auto table = db().describe({"", "alone"});
  ASSERT_TRUE(table && *table);
  const auto bound = bind_target(db(), project_, entity, **table, {{record::RowColumn::Role::Key, *(*table)->column("external_id")}});
  ASSERT_FALSE(bound);
  EXPECT_NE(bound.error().message.find("`alone` has no UNIQUE index on `account, external_id`; `syncline migrate` makes it"),
            std::string::npos)
      << bound.error().message;
}

}  // namespace
}  // namespace syncline::load
