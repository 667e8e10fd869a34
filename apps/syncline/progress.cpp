// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/text.hpp"
#include "base/time.hpp"

namespace syncline::apps {
namespace {

constexpr std::chrono::milliseconds OnTerminal{200};
constexpr std::chrono::seconds Elsewhere{15};

}  // namespace

ProgressLine::ProgressLine(const base::Clock& clock) : clock_(clock), terminal_(isatty(STDERR_FILENO) != 0), shown_at_(clock.steady()) {}

ProgressLine::~ProgressLine() {
  if (terminal_ && shown_) std::fputs("\r\033[K", stderr);
}

void ProgressLine::report(const record::ProgressEvent& event) {
  const auto now = clock_.steady();
  const bool due = now - shown_at_ >= (terminal_ ? OnTerminal : std::chrono::milliseconds(Elsewhere));
  if (!due && event.waiting_for.empty()) return;
  shown_at_ = now;
  shown_ = true;
  // fputs, not fmt: a terminal that has gone away must not end the sync.
  std::fputs(fmt::format("{}{}{}", terminal_ ? "\r\033[K" : "", line(event), terminal_ ? "" : "\n").c_str(), stderr);
  std::fflush(stderr);
}

std::string ProgressLine::line(const record::ProgressEvent& event) const {
  if (!event.waiting_for.empty()) return fmt::format("  {}  waiting: {}", event.entity, event.waiting_for);
  const record::Counters& c = event.counters;
  const double seconds = std::max(0.001, double(event.elapsed.count()) / 1000);
  const double rate = double(c.fetched) / seconds;
  std::string out = fmt::format("  {}  {}", event.entity, base::with_thousands(c.fetched));
  if (event.declared) out += fmt::format(" of {}", base::with_thousands(*event.declared));
  out += fmt::format(" fetched, {} inserted, {} updated, {}/s", base::with_thousands(c.inserted), base::with_thousands(c.updated),
                     base::with_thousands(int64_t(rate)));
  if (event.declared && rate > 0 && *event.declared > c.fetched) {
    out += fmt::format(", {} left",
                       base::duration_for_people(std::chrono::milliseconds(int64_t(double(*event.declared - c.fetched) / rate * 1000))));
  }
  return out;
}

}  // namespace syncline::apps
