// SPDX-License-Identifier: Apache-2.0
#include "schema/script.hpp"

#include <gtest/gtest.h>

namespace syncline::schema {
namespace {

TEST(Script, WhatIsCutOffInTheMiddleIsReadToItsEnd) {
  for (const char* text : {"", ";", ";;;", "'", "'a;commit", "E'\\", "\"a;commit", "/*", "/* /* */ ; commit", "--", "-- ; commit", "$",
                           "$a", "$a$ ; commit", "$$;commit;", "rollback to", "-", "/", "\x80"})
    EXPECT_EQ(transaction_statement(text), "") << text;
}

TEST(Script, TheStatementIsGivenAsWritten) {
  EXPECT_EQ(transaction_statement("COMMIT"), "COMMIT");
  EXPECT_EQ(transaction_statement("SELECT $1; select 'it''s', E'a\\';' ; \n Commit  Work ;"), "Commit  Work");
  EXPECT_EQ(transaction_statement("$f$ ; $g$ ; $f$; START /* now */ TRANSACTION"), "START /* now */ TRANSACTION");
  EXPECT_EQ(transaction_statement("ROLLBACK TO s; ROLLBACK WORK TO SAVEPOINT s; ABORT;"), "ABORT");
}

TEST(Script, EndEndsATransactionAsCommitDoes) {
  for (const char* text : {"END", "End transaction", "end WORK", "END AND CHAIN", "PREPARE TRANSACTION 'x'", "abort transaction"})
    EXPECT_EQ(transaction_statement(std::string("CREATE TABLE a (b integer);\n") + text + ";"), text);
  EXPECT_EQ(transaction_statement("PREPARE p AS SELECT 1; SELECT CASE WHEN true THEN 1 END; END;"), "END");
}

TEST(Script, TheBodyOfAFunctionOrTriggerEndsWithItsOwnEnd) {
  for (const char* text : {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;",
                           "create or replace procedure p() language sql begin atomic insert into t values (1); end;",
                           "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; DELETE FROM c WHERE d = NEW.end; END;",
                           "CREATE TEMP TRIGGER IF NOT EXISTS t AFTER UPDATE ON a WHEN CASE NEW.b WHEN 1 THEN 1 END BEGIN SELECT CASE 1 "
                           "WHEN 2 THEN 3 END; END",
                           "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();"}) {
    EXPECT_EQ(transaction_statement(text), "") << text;
    EXPECT_EQ(transaction_statement(std::string(text) + "; END TRANSACTION; SELECT 1"), "END TRANSACTION") << text;
    EXPECT_EQ(transaction_statement(std::string(text) + "; COMMIT"), "COMMIT") << text;
  }
}

TEST(Script, NamesThatBeginLikeSuchAStatementAreNone) {
  EXPECT_EQ(transaction_statement("CREATE TABLE t (a integer); UPDATE commits SET begin = 1; TRUNCATE commit; start_it(); committed"), "");
}

}  // namespace
}  // namespace syncline::schema
