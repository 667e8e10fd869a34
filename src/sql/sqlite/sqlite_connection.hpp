// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "sql/connection.hpp"

namespace syncline::sql::sqlite {

/// Opens a database file; it must be there unless `options.create`.
base::Result<std::unique_ptr<Connection>> open(std::string_view file, const ConnectOptions& options);

}  // namespace syncline::sql::sqlite
