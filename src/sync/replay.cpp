// SPDX-License-Identifier: Apache-2.0
#include "sync/replay.hpp"

#include <fmt/format.h>

#include <array>

#include "base/check.hpp"
#include "load/accounts.hpp"
#include "sync/binding.hpp"

namespace syncline::sync {

using record::Cell;

void ReplayBatch::take_row(size_t index) {
  const Mapped& part = parts.back();
  rows.columns = part.rows.columns;
  const auto cells = part.rows.row(index);
  rows.cells.insert(rows.cells.end(), cells.begin(), cells.end());
  rows.sources.push_back(part.rows.sources[index]);
  payloads[part.rows.sources[index].data()] = &part.payload;
}

Replayer::Replayer(const config::Project& project, config::Entity entity, state::Store& store, const Worlds& worlds, int64_t run)
    : project_(project), entity_(std::move(entity)), store_(store), worlds_(worlds), run_(run) {}

Replayer::~Replayer() {
  if (lease_) store_.release_lease(*lease_);
}

base::Result<void> Replayer::open() {
  TRY(store_.connection().reconnect());
  const config::Stream* stream = project_.account(entity_.account)->connector.stream(entity_.stream);
  base::check(stream != nullptr, "an entity's stream was checked when the project was read");
  Binding binding = TRY(bind_to_table(store_.connection(), project_, entity_));
  table_ = std::move(binding.table);
  mapping_ = std::move(binding.mapping);
  stored_ = extract::make_stored_records(*stream);
  lease_ = TRY(store_.take_lease(entity_.account + "/" + entity_.name, run_));
  writer_ = std::make_unique<load::Writer>(store_, entity_, std::move(binding.target), *lease_, load::Ending::Commit, worlds_.clock);
  return {};
}

Mapped& Replayer::map(ReplayBatch& batch, std::string payload) {
  Mapped& part = batch.parts.emplace_back();
  part.payload = std::move(payload);
  part.page = stored_->decode(part.payload);
  mapping_->map(part.page, part.rows, part.rejects, part.counters);
  for (record::Reject& reject : part.rejects) reject.payload = part.payload;
  return part;
}

base::Result<bool> Replayer::is_there(const Cell& key) {
  const auto rows = TRY(store_.connection().query(fmt::format("SELECT 1 FROM {} AS t WHERE t.{} = $1{}", sql::quoted(table_.name),
                                                              sql::quoted(entity_.key.column), load::and_of_account(entity_, "t")),
                                                  std::array{key}));
  return !rows.empty();
}

base::Result<std::string> Replayer::written_since(std::span<const Cell> row, const std::string& since) {
  const bool postgres = store_.connection().dialect() == sql::Dialect::Postgres;
  std::vector<Cell> parameters{row[0], Cell::of(since)};
  std::string version = load::and_of_account(entity_, "t");
  if (entity_.version) {
    version += fmt::format(" AND (t.{} < $3) IS NOT TRUE", sql::quoted(entity_.version->column));
    parameters.push_back(row[1]);
  }
  const auto rows = TRY(store_.connection().query(
      fmt::format("SELECT CAST(t.synced_at AS text) FROM {} AS t WHERE t.{} = $1 AND t.synced_at >= {}{}", sql::quoted(table_.name),
                  sql::quoted(entity_.key.column), postgres ? "$2::text::timestamptz" : "$2", version),
      parameters));
  return rows.empty() ? std::string() : std::string(rows.text(0, 0));
}

base::Result<void> Replayer::write(const ReplayBatch& batch, const load::Replay& replay, record::EntityReport& report) {
  const load::PayloadOf payload_of = [&](std::string_view source) {
    const auto payload = batch.payloads.find(source.data());
    return payload == batch.payloads.end() ? std::string(source) : *payload->second;
  };
  TRY(writer_->write({batch.rows, batch.rejects, batch.counters, std::nullopt, payload_of, &replay}, run_, report, worlds_.stop));
  record::ProgressEvent event;
  event.entity = report.entity;
  event.stream = report.stream;
  event.account = report.account;
  event.counters = report.counters;
  worlds_.progress.report(event);
  return {};
}

}  // namespace syncline::sync
