// SPDX-License-Identifier: Apache-2.0
#include "load/accounts.hpp"

#include <fmt/format.h>

#include "sql/dialect.hpp"

namespace syncline::load {
namespace {

std::string is_of(const std::string& alias, const std::string& column, const std::string& account) {
  return column.empty() ? "" : fmt::format(" AND {}.{} = {}", alias, sql::quoted(column), sql::literal(account));
}

std::string is_of_or_none(const std::string& alias, const std::string& column, const std::string& account) {
  return column.empty() ? "" : fmt::format(" AND ({0}.{1} IS NULL OR {0}.{1} = {2})", alias, sql::quoted(column), sql::literal(account));
}

}  // namespace

std::string and_of_account(const Target& target, const std::string& alias) { return is_of(alias, target.account_column, target.account); }
std::string and_of_account(const config::Entity& entity, const std::string& alias) {
  return is_of(alias, entity.key.account_column, entity.account);
}
std::string and_of_account_or_none(const Target& target, const std::string& alias) {
  return is_of_or_none(alias, target.account_column, target.account);
}
std::string and_of_account(const Parent& parent, const Target& target, const std::string& alias) {
  return is_of(alias, parent.account_column, target.account);
}
std::string and_of_account_or_none(const Parent& parent, const Target& target, const std::string& alias) {
  return is_of_or_none(alias, parent.account_column, target.account);
}

base::Result<void> check_accounts(sql::Connection& connection, const config::Entity& entity, const record::Table& table) {
  if (entity.key.account_column.empty()) return {};
  const std::string account = sql::quoted(entity.key.account_column), key = sql::quoted(entity.key.column), name = sql::quoted(table.name);
  const std::string without = fmt::format("{} IS NULL AND {} IS NOT NULL", account, key);
  // The UNIQUE index begins with the account: this is one look.
  if (TRY(connection.query(fmt::format("SELECT 1 FROM {} WHERE {} LIMIT 1", name, without))).empty()) return {};
  return base::fail(
      {base::ErrorKind::ContractDrift,
       base::Side::Database,
       config::to_string(
           {entity.key.place, fmt::format("rows of `{}` have a `{}` and no `{}`, so whose ids they are cannot be told; say it: "
                                          "UPDATE {} SET {} = '…' WHERE {};",
                                          to_string(table.name), entity.key.column, entity.key.account_column, name, account, without)}),
       "no_account",
       "",
       {}});
}

}  // namespace syncline::load
