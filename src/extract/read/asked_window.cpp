// SPDX-License-Identifier: Apache-2.0
#include "extract/read/asked_window.hpp"

#include "base/check.hpp"

namespace syncline::extract {
namespace {

using std::chrono::microseconds;
using LocalTime = std::chrono::local_time<microseconds>;
using Unclear = base::Zone::Unclear;

/// The local times of a zone in steps of a format.
class LocalSteps {
 public:
  LocalSteps(const base::Zone& zone, std::string_view format) : zone_(zone), format_(format) {
    const auto step = base::step_of_format(format);
    base::check(step.has_value(), "a connector's formats were checked when it was read");
    step_ = *step;
  }

  [[nodiscard]] LocalTime down(base::Timestamp instant) const {
    const LocalTime local = zone_.to_local(instant);
    return local - since_step(local);
  }
  [[nodiscard]] LocalTime up(base::Timestamp instant) const {
    const LocalTime local = zone_.to_local(instant);
    return since_step(local) == microseconds(0) ? local : local - since_step(local) + step_;
  }
  [[nodiscard]] base::Timestamp first_meaning(LocalTime local) const { return meaning(local, Unclear::Earlier); }
  [[nodiscard]] base::Timestamp last_meaning(LocalTime local) const { return meaning(local, Unclear::Later); }
  [[nodiscard]] std::string text(LocalTime local) const { return base::to_string(local, format_); }

 private:
  [[nodiscard]] microseconds since_step(LocalTime local) const {
    const microseconds rest = local.time_since_epoch() % step_;
    return rest < microseconds(0) ? rest + step_ : rest;
  }
  [[nodiscard]] base::Timestamp meaning(LocalTime local, Unclear policy) const {
    const auto instant = zone_.to_instant(local, policy);
    base::check(instant.has_value(), "a local time whose policy is known has an instant");
    return *instant;
  }

  const base::Zone& zone_;
  const std::string_view format_;
  microseconds step_{};
};

/// The last local time that is not after the instant, whichever of two it is taken for. In the first of two equal hours that is a time of
/// the hour before: a list that is compared by local times holds the second of them, too.
LocalTime not_after(base::Timestamp instant, const LocalSteps& steps) {
  const LocalTime local = steps.down(instant);
  const base::Timestamp last = steps.last_meaning(local);
  return last <= instant ? local : steps.down(instant - (last - steps.first_meaning(local)));
}

LocalTime not_before(base::Timestamp instant, const LocalSteps& steps) {
  const LocalTime local = steps.up(instant);
  const base::Timestamp first = steps.first_meaning(local);
  return first >= instant ? local : steps.up(instant + (steps.last_meaning(local) - first));
}

}  // namespace

AskedWindow asked_window(const Window& window, const config::Incremental& incremental, const base::Zone& zone) {
  AskedWindow asked;
  const bool from = window.from && !incremental.from_param.empty(), to = window.to && !incremental.to_param.empty();
  if (incremental.format.empty()) {
    if (from) asked = {base::to_string(*window.from), "", *window.from};
    if (to) asked.to = base::to_string(*window.to);
    return asked;
  }
  const LocalSteps steps(zone, incremental.format);
  if (from) {
    const LocalTime local = not_after(*window.from, steps);
    asked = {steps.text(local), "", steps.first_meaning(local)};
  }
  if (to) asked.to = steps.text(not_before(*window.to, steps));
  return asked;
}

}  // namespace syncline::extract
