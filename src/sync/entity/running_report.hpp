// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/client.hpp"
#include "record/report.hpp"
#include "sync/entity/entity_task.hpp"
#include "sync/window.hpp"

namespace syncline::sync {

/// The report of one entity's run while it is made: its counts, notes and errors, the progress that is told meanwhile, and its row of
/// sync_log. Used by the write thread, but for `tell_wait`.
class RunningReport {
 public:
  explicit RunningReport(const EntityTask& task);

  /// What it says so far; whoever commits adds what has been committed.
  [[nodiscard]] record::EntityReport& so_far() { return report_; }

  /// What a writer has made of it that began with what it said so far.
  void add_written(record::EntityReport after);

  /// The window is known: the log gets its row.
  base::Result<void> begin(const WindowPlan& plan);
  void note(const std::string& phrase);
  /// Rows whose link is null because their parent is not there.
  void note_unlinked();
  void fail(base::Error error);
  /// `traffic`: all that the source's client has had so far, of other entities, too.
  void set_traffic(const http::Traffic& traffic, const std::string& auth_method);

  /// `declared`: how many records the source says there are.
  void tell_progress(std::optional<int64_t> declared);
  /// Called by the read thread.
  void tell_wait(std::string_view reason, std::chrono::milliseconds duration) const;

  /// The exit code, the rejects summed, and the log row's last word.
  record::EntityReport end();

 private:
  void end_log();
  [[nodiscard]] std::chrono::milliseconds elapsed() const;

  const EntityTask task_;
  const std::chrono::steady_clock::time_point started_;
  const http::Traffic traffic_before_;  ///< of other entities
  record::EntityReport report_;
  bool logged_ = false;
};

}  // namespace syncline::sync
