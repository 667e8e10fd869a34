// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "load/target.hpp"
#include "record/row_batch.hpp"

namespace syncline::load {

/// Whether the database tells keys apart as their cells do.
[[nodiscard]] bool has_comparable_keys(const Target& target);

/// Equal for equal cells.
[[nodiscard]] uint64_t hash_of_key(const record::Cell& cell);

/// An order of keys of one type; not the database's.
[[nodiscard]] bool is_key_before(const record::Cell& a, const record::Cell& b);

/// Whether each row's key comes behind the one before it, so that none comes twice.
[[nodiscard]] bool ascends(const record::RowBatch& rows);

/// Whether two batches of one entity may speak of the same key; where they do, they may also only seem to.
[[nodiscard]] bool share_keys(const record::RowBatch& a, const record::RowBatch& b);

}  // namespace syncline::load
