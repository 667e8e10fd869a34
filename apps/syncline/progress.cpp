// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/text.hpp"
#include "base/time.hpp"

namespace syncline::apps {
namespace {

constexpr std::chrono::milliseconds OnTerminal{200}, Elsewhere{15'000};
/// A source that asks for patience does so at every page: a file or a pager wants to hear it once.
constexpr std::chrono::seconds SameWait{10};
/// Reasons are few; were they not, they would not be worth remembering.
constexpr size_t WaitsMax = 100;

/// "the rate limit, 0.4 s" without how long.
std::string_view reason_of(std::string_view waiting_for) { return waiting_for.substr(0, waiting_for.rfind(", ")); }

}  // namespace

ProgressLine::Output ProgressLine::output_of_stderr() { return isatty(STDERR_FILENO) != 0 ? Output::Terminal : Output::Elsewhere; }

ProgressLine::ProgressLine(const base::Clock& clock, Output output) : clock_(clock), output_(output), shown_at_(clock.steady()) {}

ProgressLine::~ProgressLine() {
  if (output_ == Output::Terminal && shown_) std::fputs("\r\033[K", stderr);
}

void ProgressLine::report(const record::ProgressEvent& event) {
  const Instant now = clock_.steady();
  if (!is_due(event, now)) return;
  shown_ = true;
  const bool renews = output_ == Output::Terminal;
  // fputs, not fmt: a terminal that has gone away must not end the sync.
  std::fputs(fmt::format("{}{}{}", renews ? "\r\033[K" : "", line(event), renews ? "" : "\n").c_str(), stderr);
  std::fflush(stderr);
}

bool ProgressLine::is_due(const record::ProgressEvent& event, Instant now) {
  const bool is_wait = !event.waiting_for.empty();
  if (is_wait && output_ == Output::Elsewhere) return is_news(event, now);
  if (!is_wait && now - shown_at_ < (output_ == Output::Terminal ? OnTerminal : Elsewhere)) return false;
  shown_at_ = now;
  return true;
}

bool ProgressLine::is_news(const record::ProgressEvent& event, Instant now) {
  if (waits_told_.size() > WaitsMax) waits_told_.clear();
  const auto [told, is_new] = waits_told_.try_emplace(fmt::format("{} {}", event.entity, reason_of(event.waiting_for)), now);
  if (!is_new && now - told->second < SameWait) return false;
  told->second = now;
  return true;
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
