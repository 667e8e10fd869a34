// SPDX-License-Identifier: Apache-2.0
#include "report_text.hpp"

#include <gtest/gtest.h>

namespace syncline::apps {
namespace {

record::RunReport with_rejects(int64_t run, int64_t rejects) {
  record::EntityReport entity;
  entity.entity = "classes";
  entity.stream = "class_sessions";
  entity.counters.fetched = entity.counters.mapped = entity.counters.rows = entity.counters.rejected = rejects;
  entity.errors = {{"unknown_value", "`seats` is \"9\", which is not in the map", "", rejects}};
  record::RunReport report;
  report.run = run;
  report.exit_code = 10;
  report.entities = {entity};
  return report;
}

std::string last_line(const std::string& text) { return text.substr(text.rfind('\n', text.size() - 2) + 1); }

TEST(ReportText, ADryRunNamesNoRunThatCouldBeLookedAt) {
  const std::string text = report_text(with_rejects(0, 2));
  EXPECT_EQ(last_line(text),
            "2 rows rejected; without --dry-run, `syncline sync` stores them with the reason.   dry run: nothing was kept, exit 10\n");
  EXPECT_NE(text.find("      2 ×, for example: `seats` is \"9\", which is not in the map\n"), std::string::npos)
      << "the reasons stand here, or nowhere";
}

TEST(ReportText, RejectsOfARunCanBeLookedAt) {
  EXPECT_EQ(last_line(report_text(with_rejects(37, 1))),
            "1 row rejected: `syncline rejects 37` shows it; `syncline retry 37` tries it again.   run 37, exit 10\n");
}

TEST(ReportText, RejectsThatWereTriedAgainStayWithTheirRun) {
  record::RunReport report = with_rejects(38, 2);
  report.retried = 37;
  EXPECT_EQ(last_line(report_text(report)),
            "2 rows rejected again: `syncline rejects 37` shows them with the new reason.   run 38, exit 10\n");
}

TEST(ReportText, RowsThatCouldNotBeDeletedAreRejectsThatRetryDoesNotKnow) {
  record::RunReport report = with_rejects(37, 0);
  report.entities[0].errors.clear();
  report.entities[0].not_deleted = 1;
  EXPECT_EQ(last_line(report_text(report)),
            "1 row rejected: it could not be deleted; `syncline rejects 37` shows it; `syncline sync --full` tries to delete again.   run "
            "37, exit 10\n");
  EXPECT_NE(report_text(report).find("   1 not deleted"), std::string::npos);
  report = with_rejects(37, 1'200);
  report.entities[0].not_deleted = 2;
  EXPECT_EQ(
      last_line(report_text(report)),
      "1,202 rows rejected, of which 2 could not be deleted; `syncline rejects 37` shows them; `syncline retry 37` tries the others again, "
      "`syncline sync --full` tries to delete again.   run 37, exit 10\n");
}

}  // namespace
}  // namespace syncline::apps
