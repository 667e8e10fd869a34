// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/write_lane.hpp"

#include <system_error>
#include <utility>

#include "sql/connection.hpp"

namespace syncline::sync {

using std::chrono::milliseconds;

WriteLane::WriteLane(const EntityTask& task, const config::Stream& stream, load::Writer& writer)
    : task_(task), writer_(writer), payloads_(extract::make_stored_records(stream)) {}

void WriteLane::begin(PageGroup group, Begin begin, const WriteLane* before, const record::EntityReport& report, load::Owed& owed) {
  group_ = std::move(group);
  if (!before) report_ = report;
  const auto launched = [&](std::launch policy) {
    return std::async(policy, &WriteLane::write, this, before ? before->written_ : std::shared_future<Outcome>(),
                      before ? &before->report_ : nullptr, std::ref(owed));
  };
  try {
    written_ = launched(begin == Begin::AtOnce ? std::launch::async : std::launch::deferred).share();
  } catch (const std::system_error&) {
    // There is no thread to be had: then this one does it.
    written_ = launched(std::launch::deferred).share();
  }
}

/// In the lane's thread. `before` is taken out of what the thread was begun with: kept there, it would keep the one before it, and that one
/// the one before, as long as the run lasts.
WriteLane::Outcome WriteLane::write(std::shared_future<Outcome> before, const record::EntityReport* report_before, load::Owed& owed) {
  load::Batch batch{group_.rows, group_.rejects, group_.counters, group_.checkpoint};
  batch.payload_of = [this](std::string_view source) { return group_.payload_of(source, *payloads_); };
  // A pinned number of rows is a transaction, whatever they are.
  if (!task_.entity.batch_rows) batch.owed = &owed;
  if (before.valid()) {
    batch.before = [&](std::optional<milliseconds> patience) -> base::Result<bool> {
      if (patience && before.wait_for(*patience) != std::future_status::ready) return false;
      TRY(base::Result<void>(before.get()));
      report_ = *report_before;
      return true;
    };
  }
  auto written = writer_.write(batch, task_.run, report_, task_.worlds.stop);
  payloads_->forget();
  return written;
}

void WriteLane::wait() const {
  // A group that was to be written at the end of the wait is not: nobody will ask what became of it.
  if (written_.valid() && written_.wait_for(milliseconds(0)) != std::future_status::deferred) written_.wait();
}

base::Result<record::EntityReport> WriteLane::end() {
  const Outcome written = std::exchange(written_, {}).get();
  group_ = PageGroup();
  if (!written) return base::fail(written.error());
  return report_;
}

base::Result<std::unique_ptr<SecondLane>> SecondLane::open(const EntityTask& task, const config::Stream& stream, load::Target target,
                                                           state::Lease lease) {
  std::unique_ptr<sql::Connection> connection = TRY(task.worlds.another_connection());
  return std::unique_ptr<SecondLane>(new SecondLane(task, stream, std::move(connection), std::move(target), std::move(lease)));
}

SecondLane::SecondLane(const EntityTask& task, const config::Stream& stream, std::unique_ptr<sql::Connection> connection,
                       load::Target target, state::Lease lease)
    : connection_(std::move(connection)),
      store_(*connection_, task.project.tables_prefix),
      writer_(store_, task.entity, std::move(target), std::move(lease), load::Ending::Commit, task.worlds.clock),
      lane_(task, stream, writer_) {}

}  // namespace syncline::sync
