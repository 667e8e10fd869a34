// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>

#include "base/clock.hpp"
#include "record/report.hpp"

namespace syncline::apps {

/// Progress on stderr: on a terminal one line that renews itself, with counts, rate and time left; elsewhere a line now and then.
class ProgressLine final : public record::ProgressSink {
 public:
  explicit ProgressLine(const base::Clock& clock);
  ~ProgressLine() override;
  void report(const record::ProgressEvent& event) override;

 private:
  [[nodiscard]] std::string line(const record::ProgressEvent& event) const;

  const base::Clock& clock_;
  const bool terminal_;
  std::chrono::steady_clock::time_point shown_at_;
  bool shown_ = false;
};

}  // namespace syncline::apps
