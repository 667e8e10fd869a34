// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

#include "state/store.hpp"

namespace syncline::load {

/// What batches that changed nothing leave to the next transaction, since a COMMIT takes longer than finding them unchanged. They are
/// counted in the report by then; a run that dies reads them again.
struct Owed {
  std::optional<state::Checkpoint> checkpoint;  ///< after the last of them
  std::chrono::steady_clock::time_point since{};
  int64_t rows = 0;  ///< 0: nothing is owed

  [[nodiscard]] bool any() const { return rows > 0; }
  [[nodiscard]] bool is_due(std::chrono::steady_clock::time_point now) const;
  void add(const std::optional<state::Checkpoint>& after, int64_t more, std::chrono::steady_clock::time_point now);
};

}  // namespace syncline::load
