// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/entity.hpp"
#include "load/target.hpp"
#include "sql/connection.hpp"

/// Rows of several accounts in one table: ids are unique within one account only, so every look at a row by its id looks at the account,
/// too.
namespace syncline::load {

/// ` AND t."mt_account" = 'north'`; "" where the table has one account's rows.
[[nodiscard]] std::string and_of_account(const Target& target, const std::string& alias);
/// The same, of an entity.
[[nodiscard]] std::string and_of_account(const config::Entity& entity, const std::string& alias);
/// The same of a row without an external id, which may be of no account yet.
[[nodiscard]] std::string and_of_account_or_none(const Target& target, const std::string& alias);
/// The same of a parent's row that is found by its external id, and of one that is found by another column.
[[nodiscard]] std::string and_of_account(const Parent& parent, const Target& target, const std::string& alias);
[[nodiscard]] std::string and_of_account_or_none(const Parent& parent, const Target& target, const std::string& alias);

/// ContractDrift where a row has an id and no account: it would be found by nobody, and each record get a twin.
base::Result<void> check_accounts(sql::Connection& connection, const config::Entity& entity, const record::Table& table);

}  // namespace syncline::load
