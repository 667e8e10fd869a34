// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

#include "record/column.hpp"

namespace syncline::record {

/// What a column of a RowBatch is for: `transform` makes batches by this, `load` reads them by it.
struct RowColumn {
  enum class Role {
    Key,          ///< the external id; always first
    Version,      ///< how new the record is; at most one, second
    Field,        ///< a mapped column
    RelationKey,  ///< what finds the parent of a relation, one per way; a text column that the table does not have. Where all of a
                  ///< relation's are kept, so is its column
  } role = Role::Field;
  Column column;        ///< Key, Version, Field: the table's column as its catalog describes it
  size_t relation = 0;  ///< RelationKey: index into the entity's relations
  size_t way = 0;       ///< RelationKey: index into that relation's ways
};

}  // namespace syncline::record
