// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <map>
#include <string>

#include "base/clock.hpp"
#include "record/report.hpp"

namespace syncline::apps {

/// Progress on stderr: on a terminal one line that renews itself, with counts, rate and time left; elsewhere a line now and then, and one
/// for a wait unless the same one was told a moment ago.
class ProgressLine final : public record::ProgressSink {
 public:
  enum class Output { Terminal, Elsewhere };
  /// What stderr is.
  [[nodiscard]] static Output output_of_stderr();

  ProgressLine(const base::Clock& clock, Output output);
  ~ProgressLine() override;
  void report(const record::ProgressEvent& event) override;

 private:
  using Instant = std::chrono::steady_clock::time_point;
  [[nodiscard]] bool is_due(const record::ProgressEvent& event, Instant now);
  [[nodiscard]] bool is_news(const record::ProgressEvent& event, Instant now);
  [[nodiscard]] std::string line(const record::ProgressEvent& event) const;

  const base::Clock& clock_;
  const Output output_;
  Instant shown_at_;
  std::map<std::string, Instant> waits_told_;  ///< by entity and reason
  bool shown_ = false;
};

}  // namespace syncline::apps
