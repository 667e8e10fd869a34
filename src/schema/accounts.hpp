// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/project.hpp"
#include "record/column.hpp"
#include "schema/plan.hpp"
#include "sql/connection.hpp"
#include "state/tables.hpp"

/// What a table needs that several accounts feed.
namespace syncline::schema {

/// Whether an earlier plan of ours has made this index.
[[nodiscard]] bool is_own_index(std::string_view name);

/// A table that had one account so far: the rows there get its name, if our checkpoints know which one it was, and our index on the id
/// alone goes. Both come after the account's column was added.
base::Result<std::vector<SchemaChange>> changes_for_accounts(sql::Connection& connection, const config::Project& project,
                                                             const config::Entity& entity, const record::Table& table);

/// An own table whose primary key an earlier version of ours had made of fewer columns; "" where it is as it should be.
[[nodiscard]] std::string widen_primary_key(const state::OwnTable& own, const record::Table& there, const state::TableNames& names);

}  // namespace syncline::schema
