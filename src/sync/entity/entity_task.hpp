// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "config/project.hpp"
#include "state/store.hpp"
#include "sync/fetch.hpp"
#include "sync/run.hpp"

namespace syncline::sync {

/// One entity that a run syncs, and what it is done with. Borrows everything; each step of the run has a copy.
struct EntityTask {
  const config::Project& project;
  const config::Entity& entity;
  Source& source;
  state::Store& store;
  const Worlds& worlds;
  const RunOptions& options;
  const int64_t run;

  [[nodiscard]] bool commits() const { return options.ending == RunOptions::Ending::Commit; }
};

}  // namespace syncline::sync
