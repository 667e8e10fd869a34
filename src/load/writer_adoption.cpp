// SPDX-License-Identifier: Apache-2.0
// Rows that were there before: claimed by their natural keys, adopted when it is clear whose they are.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "load/cell_text.hpp"
#include "load/writer.hpp"

namespace syncline::load {
namespace {

/// What is claimed without being clear: a staged row's candidates, or the one that others claim, too.
struct Claim {
  size_t way = 0;
  int64_t candidates = 0;
  std::string value, key, owner;
  std::vector<std::string> ids;
};

/// The first few, and "…" where there are more.
std::string enumerated(const std::vector<std::string>& names, int64_t count) {
  std::vector<std::string> shown;
  for (const std::string& name : names) {
    if (shown.size() == size_t(Adoption::NamesMax)) break;
    shown.push_back(base::shown(name, 60));
  }
  if (count > int64_t(shown.size())) shown.emplace_back("…");
  return base::joined(shown, ", ");
}

std::string reason_of(const Claim& claim, const std::string& columns, const Target& target, const std::vector<std::string>& claimants) {
  const std::string what = fmt::format("`{}` = {}", columns, base::shown(claim.value, 80));
  const std::string table = to_string(target.table.name), id = target.row_id.name, key = target.columns[0].column.name;
  if (claim.candidates > 1) {
    return fmt::format(
        "{} rows of `{}` without `{}` have {} (`{}` {}): which of them is meant cannot be told; put the record's id into the "
        "right one",
        claim.candidates, table, key, what, id, enumerated(claim.ids, claim.candidates));
  }
  if (claim.candidates == 0) {
    return fmt::format(
        "the row of `{}` with {} (`{}` {}) was adopted by record {}, which keeps it, and record {} claims it, too: if "
        "it is the same, merge the two at the source; if it is the right one, put its id into `{}`; if it is neither, insert a row with "
        "its id",
        table, what, id, enumerated(claim.ids, 1), base::shown(claim.owner, 60), base::shown(claim.key, 60), key);
  }
  return fmt::format("one row of `{}` without `{}` has {} (`{}` {}), and {} records claim it: {}; put the right record's id into it", table,
                     key, what, id, enumerated(claim.ids, 1), claimants.size(), enumerated(claimants, int64_t(claimants.size())));
}

}  // namespace

base::Result<bool> Writer::claim_rows() {
  const Adoption& adoption = statements_.adoption();
  if (TRY(connection_.query(adoption.any_new())).empty()) return false;
  // Here the planner knows best: without an index on a natural key one look at the table is better than one a row.
  if (const std::string usual = statements_.plan_as_usual(); !usual.empty()) TRY(connection_.execute(usual));
  int64_t claims = 0;
  for (size_t way = 0; way < target_.adopt.size(); ++way) {
    if (TRY(connection_.change(adoption.look(way))) == 0) continue;
    claims += TRY(connection_.change(adoption.claim(way)));
    // Without an INSERT there is no twin.
    if (entity_.insert) claims += TRY(memory_.contest(way));
  }
  return claims > 0;
}

base::Result<void> Writer::judge_adoption() {
  TRY(connection_.execute(statements_.adoption().clear_claims()));
  if (TRY(claim_rows())) TRY(connection_.change(statements_.adoption().resolve_claims()));
  if (const std::string small = statements_.plan_for_small_batch(); !small.empty()) TRY(connection_.execute(small));
  return {};
}

base::Result<std::vector<Writer::UnclearRow>> Writer::unclear_rows(const record::RowBatch& rows) {
  const sql::Rows found = TRY(connection_.query(statements_.adoption().unclear()));
  std::map<uint32_t, Claim> claims;
  std::map<std::string, std::vector<std::string>> claimants;  // of a row, by its id
  for (size_t i = 0; i < found.size(); ++i) {
    Claim& claim = claims[uint32_t(found.integer(i, 0))];
    claim.way = size_t(found.integer(i, 1));
    claim.candidates = found.integer(i, 3);
    claim.value = found.text(i, 4);
    claim.key = found.text(i, 5);
    claim.ids.emplace_back(found.text(i, 2));
    claim.owner = found.text(i, 6);
    if (claim.candidates != 1) continue;
    std::vector<std::string>& keys = claimants[claim.ids[0]];
    if (std::find(keys.begin(), keys.end(), claim.key) == keys.end()) keys.push_back(claim.key);
  }
  std::vector<UnclearRow> out;
  for (const auto& [row, claim] : claims) {
    const std::string columns = base::joined(entity_.adopt[claim.way].columns, ", ");
    out.push_back({row,
                   {"match", text_of(rows.row(row)[0]), columns, "adopt_ambiguous",
                    reason_of(claim, columns, target_, claimants[claim.ids[0]]), base::shown(claim.value, 80), payload(rows, row)}});
  }
  return out;
}

/// Of two records that claim one row, each would be alone in its half; so the claims of all halves are looked at together, before any of
/// them is written. Returns the rows that are left to write.
base::Result<std::vector<uint32_t>> Writer::take_out_unclear(const record::RowBatch& rows, Range range, record::Counters& counters,
                                                             std::vector<record::Reject>& rejects) {
  TRY(connection_.execute(statements_.adoption().clear_claims()));
  const auto claim_part = [&](Range part) -> base::Result<void> {
    TRY(stage(rows, part));
    TRY(make_ready(rows, part));
    TRY(claim_rows());
    return {};
  };
  TRY(halve(range, claim_part, [](uint32_t, const base::Error&) {}));
  std::vector<uint32_t> removed;  // in order
  for (UnclearRow& unclear : TRY(unclear_rows(rows))) {
    removed.push_back(unclear.row);
    rejects.push_back(std::move(unclear.reject));
    ++counters.rejected;
  }
  std::vector<uint32_t> left;
  std::copy_if(range.begin(), range.end(), std::back_inserter(left),
               [&](uint32_t row) { return !std::binary_search(removed.begin(), removed.end(), row); });
  return left;
}

}  // namespace syncline::load
