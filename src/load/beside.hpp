// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.hpp"
#include "config/entity.hpp"
#include "load/target.hpp"
#include "sql/connection.hpp"

namespace syncline::load {

/// Whether a batch can be written while the one before it is still being written over another connection, with the same outcome as after
/// it: if they speak of different keys, nothing that the one does may change what becomes of the other's rows. Asks the catalog for what
/// the target does not say.
base::Result<bool> can_be_written_beside(sql::Connection& connection, const Target& target, const config::Entity& entity);

}  // namespace syncline::load
