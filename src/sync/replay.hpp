// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/project.hpp"
#include "extract/stored.hpp"
#include "load/writer.hpp"
#include "record/report.hpp"
#include "state/store.hpp"
#include "sync/run.hpp"
#include "transform/transform.hpp"

namespace syncline::sync {

/// What a stored payload has become by today's mapping. Stays where it is: rows and cells point into it.
struct Mapped {
  std::string payload;
  record::RecordBatch page;
  record::RowBatch rows;
  std::vector<record::Reject> rejects;
  record::Counters counters;
};

/// Stored records on their way into one entity's table.
struct ReplayBatch {
  std::deque<Mapped> parts;
  record::RowBatch rows;
  std::map<const char*, const std::string*> payloads;  ///< by the row's source
  std::vector<record::Reject> rejects;
  record::Counters counters;

  /// The row of that index of the part that was mapped last.
  void take_row(size_t index);
};

/// Makes rows of one entity's stored records again and writes them, under its lease. Borrows everything; one thread.
class Replayer {
 public:
  Replayer(const config::Project& project, config::Entity entity, state::Store& store, const Worlds& worlds, int64_t run);
  ~Replayer();
  Replayer(const Replayer&) = delete;
  Replayer& operator=(const Replayer&) = delete;

  /// Takes the lease (Busy if another run has it) and binds the mapping to the table.
  base::Result<void> open();

  Mapped& map(ReplayBatch& batch, std::string payload);
  /// Whether the table has a row of that key.
  base::Result<bool> is_there(const record::Cell& key);
  /// When we last wrote the row of that key, if that was not before `since` and the record is not of a newer version; "" otherwise. Then
  /// the record would take its row back in time.
  base::Result<std::string> written_since(std::span<const record::Cell> row, const std::string& since);
  base::Result<void> write(const ReplayBatch& batch, const load::Replay& replay, record::EntityReport& report);

 private:
  const config::Project& project_;
  const config::Entity entity_;
  state::Store& store_;
  const Worlds& worlds_;
  const int64_t run_;
  record::Table table_;
  std::unique_ptr<transform::Mapping> mapping_;
  std::unique_ptr<extract::StoredRecords> stored_;
  std::optional<state::Lease> lease_;
  std::unique_ptr<load::Writer> writer_;
};

}  // namespace syncline::sync
