// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "config/project.hpp"
#include "record/report.hpp"
#include "state/store.hpp"
#include "sync/order.hpp"
#include "sync/run.hpp"

namespace syncline::sync {

/// The end of a run: rows that wait, of this run and of earlier ones, are tried again as long as one lands, and links are made; then each
/// entity's report and log row say what is still waiting for what. Entities that were not begun, or failed, are left for the next run.
void end_with_waiting(const config::Project& project, const std::vector<Step>& steps, state::Store& store, const Worlds& worlds,
                      record::RunReport& report);

}  // namespace syncline::sync
