// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.hpp"
#include "config/project.hpp"
#include "record/report.hpp"
#include "state/store.hpp"
#include "sync/fetch.hpp"
#include "sync/run.hpp"

namespace syncline::sync {

/// Syncs one entity from its stream into its table; the report says how it went, whatever happened.
record::EntityReport run_entity(const config::Project& project, const config::Entity& entity, Source& source, state::Store& store,
                                const Worlds& worlds, const RunOptions& options, int64_t run);

/// Whether the table lets a relation's column be null.
base::Result<bool> may_be_null(sql::Connection& connection, const config::Entity& entity, const config::Relation& relation);

/// "ok", "rejected", "incomplete" or "failed", from an exit code.
[[nodiscard]] std::string_view status_of(int exit_code);

}  // namespace syncline::sync
