// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.hpp"
#include "base/secret.hpp"
#include "sql/connection.hpp"
#include "sql/postgres/handles.hpp"

namespace syncline::sql::postgres {

/// A connection that answers, with its session not yet set up. Waits for at most `options.connect`.
base::Result<Handle> connect_to(const base::Secret& url, const ConnectOptions& options);

}  // namespace syncline::sql::postgres
