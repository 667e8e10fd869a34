// SPDX-License-Identifier: Apache-2.0
#include "report_json.hpp"

#include "base/time.hpp"

namespace syncline::apps {

Json entity_json(const record::EntityReport& report) {
  const record::Counters& c = report.counters;
  Json errors = Json::array();
  for (const record::ErrorSummary& e : report.errors)
    errors.push_back({{"code", e.code}, {"message", e.message}, {"count", e.count}, {"example", e.example}});
  return {{"entity", report.entity},
          {"account", report.account},
          {"stream", report.stream},
          {"fetched", c.fetched},
          {"filtered", c.filtered},
          {"undecodable", c.undecodable},
          {"mapped", c.mapped},
          {"rows", c.rows},
          {"inserted", c.inserted},
          {"updated", c.updated},
          {"unchanged", c.unchanged},
          {"adopted", c.adopted},
          {"unmatched", c.unmatched},
          {"stale", c.stale},
          {"duplicate", c.duplicate},
          {"rejected", c.rejected},
          {"waiting", c.waiting},
          {"deleted", c.deleted},
          {"not_deleted", report.not_deleted},
          {"local_edits", c.local_edits},
          {"restamped", c.restamped},
          {"unlinked", c.unlinked},
          {"rows_synced", c.rows_synced()},
          {"errors_count", report.rejects()},
          {"requests", report.requests},
          {"bytes", report.bytes},
          {"retries", report.retries},
          {"waited_ms", report.waited.count()},
          {"took_ms", report.took.count()},
          {"auth_method", report.auth_method},
          {"window", {{"start", report.window_start}, {"end", report.window_end}}},
          {"checkpoint", report.checkpoint},
          {"complete", report.complete},
          {"note", report.note},
          {"exit", report.exit_code},
          {"errors", errors}};
}

Json report_json(const record::RunReport& report) {
  Json entities = Json::array();
  for (const record::EntityReport& entity : report.entities) entities.push_back(entity_json(entity));
  Json out{{"run", report.run}};
  if (report.retried > 0) out["retried"] = report.retried;
  out.update({{"status", report.status},
              {"exit", report.exit_code},
              {"started_at", base::to_string(report.started_at)},
              {"completed_at", base::to_string(report.completed_at)},
              {"entities", entities}});
  return out;
}

}  // namespace syncline::apps
