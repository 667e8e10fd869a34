// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.hpp"
#include "config/entity.hpp"
#include "load/target.hpp"
#include "record/row_batch.hpp"
#include "sql/connection.hpp"

namespace syncline::load {

/// Whether the source has ceased to send a field, or sends it by another name: more than half of a batch's rows do not speak of a column
/// that at least 95 % of those which are in the table have. Then it is ContractDrift, which names the field's place. Nothing is said of
/// fewer than 20 rows, of fields for which the file says what becomes of a missing one (`on_missing:`), or of those that only fill. Looks
/// at the table only where a column is missing in so many rows.
base::Result<void> look_for_vanished_fields(sql::Connection& connection, const config::Entity& entity, const Target& target,
                                            const record::RowBatch& rows);

}  // namespace syncline::load
