// SPDX-License-Identifier: Apache-2.0
#include "extract/read/window_proof.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "extract/answer_path.hpp"

namespace syncline::extract {
namespace {

/// A local time is at most so far behind UTC, with two hours to spare.
constexpr std::chrono::hours ZonesBehind{14};

/// The latest instant that the text can mean.
std::optional<base::Timestamp> latest_meaning(std::string_view text) {
  using namespace std::chrono_literals;
  if (const auto instant = base::parse_timestamp(text)) return *instant;
  const base::Zone utc = base::Zone::utc();
  if (const auto local = base::parse_timestamp(text, &utc)) return *local + ZonesBehind;
  if (const auto date = base::parse_date(text)) return base::Timestamp(*date) + 24h + ZonesBehind;
  return std::nullopt;
}

}  // namespace

base::Result<void> prove_window(const record::RecordBatch& batch, const config::Incremental& incremental, const AskedWindow& asked) {
  if (!asked.earliest || incremental.field.empty()) return {};
  const base::Timestamp earliest = *asked.earliest - incremental.overlap;
  const AnswerPath field(incremental.field);
  for (const record::Record& record : batch.records) {
    const record::Value value = field.of(record.fields);
    if (!value.is(record::Value::Type::Text)) continue;
    const auto latest = latest_meaning(value.text());
    if (!latest || *latest >= earliest) continue;
    return base::fail(
        {base::ErrorKind::ContractDrift, base::Side::Source,
         fmt::format("the source ignores `{}`: asked for records from {} on, it sent one whose `{}` is {}. Correct `incremental:` of "
                     "the stream, or take it away to read the list whole",
                     incremental.from_param, asked.from, incremental.field, base::shown(value.text(), 60)),
         "filter_ignored", incremental.from_param});
  }
  return {};
}

}  // namespace syncline::extract
