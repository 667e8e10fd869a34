// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "record/row_batch.hpp"

namespace syncline::sql {

/// A PostgreSQL array as text ({1,"a b",NULL}), to be given as one text parameter and cast: $1::text[]. Takes integers, texts and NULL.
/// https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
class ArrayText {
 public:
  void add(const record::Cell& cell);
  [[nodiscard]] std::string text() &&;

 private:
  std::string text_ = "{";
};

}  // namespace syncline::sql
