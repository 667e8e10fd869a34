// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

/// What becomes of a staged row; kept in the column `verdict` of the ready table.
namespace syncline::load::verdict {

constexpr int64_t New = 0, Changed = 1, Unchanged = 2, Stale = 3, Duplicate = 4;
constexpr int64_t Adopted = 5;  ///< a row that was there before gets its external id
constexpr int64_t Unclear = 6;  ///< which row that is, or whose, cannot be told
constexpr int64_t Refused = 7;  ///< a constraint of the table is in the way
/// Relation i: FirstRelation + 2 i is «missing», + 1 is «ambiguous».
constexpr int64_t FirstRelation = 100;
/// Relation i is missing, and waited for: FirstWaiting + i.
constexpr int64_t FirstWaiting = 1'000'000;

}  // namespace syncline::load::verdict

/// What the question for stamps says of a row.
namespace syncline::load::stamped {

constexpr int64_t AsWritten = 0;
constexpr int64_t Other = 1;  ///< there, but not as it should be; or not all of its parents are found
constexpr int64_t Fresh = 2;  ///< new, with its parents
constexpr int64_t Known = 3;  ///< there, but not as we wrote it; with its parents, and nobody has deleted it (PostgreSQL)

}  // namespace syncline::load::stamped
