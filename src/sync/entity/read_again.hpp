// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.hpp"
#include "sql/connection.hpp"

namespace syncline::sync {

/// Looking at the database changes nothing, so it can be done again over a new connection.
template <class Look>
auto read_again_if_lost(sql::Connection& connection, const Look& look) -> decltype(look()) {
  auto first = look();
  if (first || !sql::is_connection_lost(first.error())) return first;
  TRY(connection.reconnect());
  return look();
}

}  // namespace syncline::sync
