// SPDX-License-Identifier: Apache-2.0
// Rows that the database would refuse: found by what the catalog says before they are written, or by halving.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "load/cell_text.hpp"
#include "load/raced.hpp"
#include "load/writer.hpp"
#include "sql/constraints.hpp"

namespace syncline::load {
namespace {

using record::Cell;
using record::RowColumn;

/// Above this share of rows refused, halving tries each row about twice.
constexpr size_t OneByOneAbovePercent = 5;
constexpr std::string_view RowHidden = "row_hidden";

/// The value the record gives a column, for a person.
std::string value_in(const Target& target, std::span<const Cell> row, const std::string& column) {
  for (size_t i = 0; i < target.columns.size(); ++i) {
    if (target.columns[i].role == RowColumn::Role::RelationKey || target.columns[i].column.name != column) continue;
    if (row[i].type == Cell::Type::Keep) return "as it is";
    return row[i].has_value() ? base::shown(text_of(row[i]), 80) : "NULL";
  }
  return "not from the record";
}

/// Whether a row is refused for what another row is, or is not: all of class 23 but NOT NULL and CHECK.
bool depends_on_other_rows(std::string_view code) {
  return code == RowHidden || (code.starts_with("23") && code != "23502" && code != "23514");
}

std::string hidden_row(const Target& target) {
  return fmt::format(
      "the database has neither written the row nor said why: a policy of row level security of `{}` hides a row with this `{}` from our "
      "role or keeps it from changes (or a trigger or a rule drops it)",
      to_string(target.table.name), target.columns[0].column.name);
}

}  // namespace

void Writer::refuse(const record::RowBatch& rows, uint32_t row, std::string field, std::string code, std::string reason,
                    std::string value) {
  refused_beside_others_ = refused_beside_others_ || depends_on_other_rows(code);
  refused_.emplace_back(row, record::Reject{"write", text_of(rows.row(row)[0]), std::move(field), std::move(code), std::move(reason),
                                            std::move(value), payload(rows, row)});
}

void Writer::count_refused(record::Counters& counters, std::vector<record::Reject>& rejects) {
  std::stable_sort(refused_.begin(), refused_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  counters.rejected += int64_t(refused_.size());
  for (auto& [row, reject] : refused_) rejects.push_back(std::move(reject));
  refused_.clear();
}

/// After the first fault, those that rows have had; before halving, whatever can be told.
FaultKinds Writer::wanted_tests() const { return isolation_ == Isolation::Halving ? FaultKinds::all() : faults_met_; }

/// The first try may have been stopped by one of them; the others need no try of their own.
std::vector<uint32_t> Writer::take_out_misfits(const record::RowBatch& rows, Range range) {
  if (!wanted_tests().misfits) return {range.begin(), range.end()};
  std::vector<uint32_t> left;
  left.reserve(range.size());
  for (const uint32_t row : range) {
    const auto cells = rows.row(row);
    std::optional<base::Error> misfit;
    for (size_t c = 0; c < target_.columns.size() && !misfit; ++c) misfit = sql::refusal(cells[c], target_.columns[c].column);
    if (!misfit) {
      left.push_back(row);
      continue;
    }
    const std::string value = base::shown(value_in(target_, cells, misfit->subject), 80);
    refuse(rows, row, misfit->subject, misfit->code, misfit->message, value);
  }
  return left;
}

base::Result<void> Writer::make_filter() {
  if (filter_) return {};
  sql::Constraints constraints = TRY(sql::read_constraints(connection_, target_.table));
  filter_.emplace(target_, entity_, connection_.dialect(), statements_.ready_table(), std::move(constraints));
  return {};
}

base::Result<void> Writer::go_without_taken() {
  TRY(make_filter());
  for (const ConstraintFilter::Yielded& yielded : TRY(filter_->yielded(connection_, keeps_, let_go_))) {
    std::vector<std::string> numbers;
    for (const uint32_t row : yielded.rows) numbers.push_back(std::to_string(row));
    const std::string rows = base::joined(numbers, ", ");
    TRY(connection_.execute(statements_.take_as_null(yielded.column, rows)));
    TRY(connection_.execute(statements_.judge_again(rows)));
    taken_now_[yielded.column] += int64_t(numbers.size());
  }
  return {};
}

/// Once in the note, however many batches there are.
void Writer::tell_taken(record::EntityReport& report) {
  std::vector<std::string> phrases;
  for (size_t i = 0; i < taken_.size(); ++i) {
    if (i < taken_now_.size()) taken_[i] += taken_now_[i];
    if (taken_[i] > 0)
      phrases.push_back(fmt::format("{} of `{}` {} taken", taken_[i] == 1 ? "1 value" : fmt::format("{} values", taken_[i]),
                                    target_.columns[i].column.name, taken_[i] == 1 ? "was" : "were"));
  }
  taken_now_.clear();
  if (phrases.empty()) return;
  const size_t at = told_.empty() ? std::string::npos : report.note.find(told_);
  if (at != std::string::npos) {
    report.note.replace(at, told_.size(), base::joined(phrases, "; "));
  } else {
    report.note += (report.note.empty() ? "" : "; ") + base::joined(phrases, "; ");
  }
  told_ = base::joined(phrases, "; ");
}

/// Who is rejected takes no value from others: whenever that leaves fewer rows, who goes without one is asked anew.
base::Result<void> Writer::test(const record::RowBatch& rows) {
  using Which = ConstraintFilter::Which;
  const std::vector<int64_t> taken_before = taken_now_;
  for (std::set<uint32_t> refused;;) {
    let_go_.clear();
    TRY(refuse_faulty(rows, Which::Certain));
    if (!yields_) return {};
    TRY(connection_.execute("SAVEPOINT syncline_taken"));
    TRY(go_without_taken());
    refused = TRY(refuse_faulty(rows, Which::Yielding));
    if (refused.empty()) return connection_.execute("RELEASE SAVEPOINT syncline_taken");
    TRY(connection_.execute("ROLLBACK TO SAVEPOINT syncline_taken; RELEASE SAVEPOINT syncline_taken"));
    TRY(filter_->refuse(connection_, refused));
    taken_now_ = taken_before;
  }
}

/// Returns whom it refused.
base::Result<std::set<uint32_t>> Writer::refuse_faulty(const record::RowBatch& rows, ConstraintFilter::Which which) {
  TRY(make_filter());
  ConstraintFilter::Findings found = TRY(filter_->find(connection_, wanted_tests(), keeps_, which));
  std::set<uint32_t> refused;
  for (const Fault& fault : found.faults) refused.insert(fault.row);
  let_go_.insert(let_go_.end(), found.give_up.begin(), found.give_up.end());
  for (Fault& fault : found.faults) {
    if (filter_->may_be_mended()) {
      suspects_.push_back(fault.row);
      continue;
    }
    // Which of the others land is known only when each has been tried.
    if (fault.by_another && isolation_ == Isolation::Halving) continue;
    const auto cells = rows.row(fault.row);
    std::vector<std::string> said, values;
    for (const std::string& column : fault.columns) {
      values.push_back(value_in(target_, cells, column));
      said.push_back(fmt::format("`{}` = {}", column, values.back()));
    }
    const std::string reason = fmt::format("{} {}", base::joined(said, ", "), fault.reason);
    refuse(rows, fault.row, std::move(fault.field), std::move(fault.code), reason, base::shown(base::joined(values, ", "), 80));
  }
  return refused;
}

/// Before halving: with the rows that can be told out of the way it has less to find. What stops even this is left to it.
base::Result<std::vector<uint32_t>> Writer::take_out_faulty(const record::RowBatch& rows, std::vector<uint32_t> all) {
  if (filter_ && filter_->may_be_mended()) return all;
  TRY(connection_.execute("SAVEPOINT syncline_test"));
  const size_t before = refused_.size();
  const std::vector<int64_t> taken_before = taken_now_;
  const auto tested = [&]() -> base::Result<void> {
    TRY(stage(rows, all));
    TRY(make_ready(rows, all));
    if (statements_.adoption().wanted()) TRY(judge_adoption());
    TRY(undelete_.find(undelete_mode()));
    return test(rows);
  }();
  if (!tested && !sql::is_row_fault(tested.error())) return base::fail(tested.error());
  TRY(connection_.execute("ROLLBACK TO SAVEPOINT syncline_test; RELEASE SAVEPOINT syncline_test"));
  suspects_.clear();
  let_go_.clear();
  taken_now_ = taken_before;
  if (!tested) refused_.resize(before);
  std::vector<uint32_t> left;
  std::copy_if(all.begin(), all.end(), std::back_inserter(left), [&](uint32_t row) {
    return std::none_of(refused_.begin() + ptrdiff_t(before), refused_.end(), [&](const auto& one) { return one.first == row; });
  });
  return left;
}

base::Result<void> Writer::write_tested(const record::RowBatch& rows, std::vector<uint32_t> all, record::Counters& counters,
                                        std::vector<record::Reject>& rejects) {
  if (isolation_ == Isolation::Testing) {
    if (!all.empty()) TRY(write_rows(rows, all, Stamping::Stamp, counters, rejects));
    const std::vector<uint32_t> suspects = std::move(suspects_);
    if (!suspects.empty()) {
      isolation_ = Isolation::Halving;
      TRY(connection_.check_deferred());
      TRY(write_halving(rows, suspects, counters, rejects));
    }
  } else if (!all.empty()) {
    TRY(connection_.check_deferred());
    if (statements_.adoption().wanted()) all = TRY(take_out_unclear(rows, all, counters, rejects));
    if (!all.empty()) all = TRY(take_out_faulty(rows, std::move(all)));
    if (!all.empty()) TRY(write_halving(rows, all, counters, rejects));
  }
  count_refused(counters, rejects);
  return {};
}

bool Writer::is_row_fault(const base::Error& error) const {
  return sql::is_row_fault(error) || (error.code == Raced && target_.has_policies);
}

base::Result<void> Writer::halve(Range range, const std::function<base::Result<void>(Range)>& step,
                                 const std::function<void(uint32_t, const base::Error&)>& refused) {
  TRY(connection_.execute("SAVEPOINT syncline_rows"));
  const auto done = step(range);
  if (done) return connection_.execute("RELEASE SAVEPOINT syncline_rows");
  if (!is_row_fault(done.error())) return base::fail(done.error());
  TRY(connection_.execute("ROLLBACK TO SAVEPOINT syncline_rows; RELEASE SAVEPOINT syncline_rows"));
  if (range.size() > 1 && halved_refused_ * 100 > halved_ * OneByOneAbovePercent) {
    for (size_t i = 0; i < range.size(); ++i) TRY(halve(range.subspan(i, 1), step, refused));
    return {};
  }
  if (range.size() > 1) {
    const size_t middle = range.size() / 2;
    TRY(halve(range.first(middle), step, refused));
    return halve(range.subspan(middle), step, refused);
  }
  refused(range[0], done.error());
  return {};
}

base::Result<void> Writer::write_halving(const record::RowBatch& rows, Range range, record::Counters& counters,
                                         std::vector<record::Reject>& rejects) {
  const auto write_part = [&](Range part) -> base::Result<void> {
    record::Counters tried = counters;
    std::vector<record::Reject> met;
    std::vector<int64_t> taken = taken_now_;
    base::Result<void> written = write_rows(rows, part, Stamping::Leave, tried, met);
    if (written) written = connection_.check_deferred();
    if (!written) {
      taken_now_ = std::move(taken);  // its halves will be asked again
      return written;
    }
    counters = tried;
    std::move(met.begin(), met.end(), std::back_inserter(rejects));
    return {};
  };
  halved_ = range.size();
  halved_refused_ = 0;
  return halve(range, write_part, [&](uint32_t row, const base::Error& error) {
    const bool hidden = error.code == Raced;
    refuse(rows, row, hidden ? target_.columns[0].column.name : error.subject, hidden ? std::string(RowHidden) : error.code,
           hidden ? hidden_row(target_) : error.message, "");
    ++halved_refused_;
  });
}

record::Reject Writer::failed_relation(const record::RowBatch& rows, size_t row, size_t relation, bool ambiguous) const {
  const Parent& parent = target_.parents[relation];
  std::vector<std::string> tried;
  for (size_t c = 0; c < target_.columns.size(); ++c) {
    const RowColumn& column = target_.columns[c];
    if (column.role != RowColumn::Role::RelationKey || column.relation != relation || !rows.row(row)[c].has_value()) continue;
    tried.push_back(fmt::format("`{}` = {}", parent.ways[column.way].column.name, base::shown(rows.row(row)[c].text(), 80)));
  }
  const std::string looked_for = base::joined(tried, " or ");
  const std::string reason =
      ambiguous ? fmt::format("several rows of `{}` have {}: which one is meant cannot be told", to_string(parent.table), looked_for)
                : fmt::format("no row of `{}` has {}", to_string(parent.table), looked_for);
  return {"match",    text_of(rows.row(row)[0]), parent.column.name, ambiguous ? "relation_ambiguous" : "relation_missing", reason,
          looked_for, payload(rows, row)};
}

}  // namespace syncline::load
