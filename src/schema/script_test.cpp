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

TEST(Script, NamesThatBeginLikeSuchAStatementAreNone) {
  EXPECT_EQ(transaction_statement("CREATE TABLE t (a integer); UPDATE commits SET begin = 1; TRUNCATE commit; start_it(); committed"), "");
}

}  // namespace
}  // namespace syncline::schema
