// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "config/entity.hpp"
#include "load/target.hpp"
#include "sql/connection.hpp"

namespace syncline::load {

/// Whether a batch can be written while the one before it is still being written over another connection, with the same outcome as after
/// it: if they speak of different keys, nothing that the one does may change what becomes of the other's rows. Pure but for the
/// connection's capabilities.
[[nodiscard]] bool can_be_written_beside(const Target& target, const config::Entity& entity, const sql::Connection& connection);

}  // namespace syncline::load
