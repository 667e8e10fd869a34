// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "schema/plan.hpp"
#include "state/store.hpp"

namespace syncline::schema {

/// A numbered SQL file, ours or the user's: migrations/001_sync_schema.sql.
struct Migration {
  int64_t number = 0;
  std::string name;  ///< the file's name
  std::string text;
  std::string checksum;  ///< of the text: an applied file must not change
};

/// The folder's files in number order. A name that does not begin with a number, or a number used twice, is an error.
base::Result<std::vector<Migration>> read_migrations(const std::filesystem::path& folder);

/// Saves a plan as the next numbered file, after those of the folder and those the database has seen; returns it.
base::Result<Migration> save_plan(state::Store& store, const std::filesystem::path& folder, const Plan& plan);

/// Those that this database has not seen. An applied file whose text has changed, or whose number
/// another file had, is a ContractDrift error.
base::Result<std::vector<Migration>> pending(state::Store& store, const std::vector<Migration>& migrations);

/// Takes out of a plan what files of ours will do that are not applied yet, so that it is not saved twice; returns their names.
std::vector<std::string> take_out_pending(Plan& plan, const std::vector<Migration>& pending, sql::Dialect dialect);

/// Begins a transaction in which nobody else applies a file: it waits for whoever does, and others wait for its end (on a server without
/// advisory locks nobody waits).
base::Result<void> begin_alone(state::Store& store);

/// Applies one file in one transaction, under a lock that a second migrator waits for; false if that other one has applied it meanwhile. A
/// table that somebody uses is waited for in many short tries, each of the whole file, so that others get at it in between.
base::Result<bool> apply(state::Store& store, const Migration& migration);

}  // namespace syncline::schema
