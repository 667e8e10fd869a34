// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "sql/connection.hpp"

namespace syncline::sql::postgres {

/// postgresql://…
base::Result<std::unique_ptr<Connection>> open(const base::Secret& url, const ConnectOptions& options);

}  // namespace syncline::sql::postgres
