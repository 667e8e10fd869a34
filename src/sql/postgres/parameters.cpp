// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/parameters.hpp"

#include <fmt/format.h>

#include "sql/shared/cell.hpp"
#include "sql/shared/error.hpp"

namespace syncline::sql::postgres {
namespace {

constexpr size_t CountMax = 65'535;  // of the wire protocol
constexpr size_t BytesMax = (size_t{1} << 30) - 1;
constexpr size_t Null = size_t(-1);
constexpr int Binary = 1;
constexpr size_t KeptBytesMax = 1 << 20;  // memory beyond this is given back when the next statement is smaller

}  // namespace

base::Result<void> Parameters::set(std::span<const record::Cell> cells) {
  if (cells.size() > CountMax)
    return base::fail(misuse("54023", fmt::format("{} parameters in one statement; PostgreSQL takes 65535", cells.size())));
  if (text_.capacity() > KeptBytesMax) text_ = {};
  clear();
  for (size_t index = 0; index < cells.size(); ++index) {
    const record::Cell& cell = cells[index];
    if (cell.is_null() || cell.type == record::Cell::Type::Keep) {
      starts_.push_back(Null);
      continue;
    }
    TRY(check_cell(cell, fmt::format("parameter ${}", index + 1)));
    starts_.push_back(text_.size());
    append_text(cell, text_);
    text_ += '\0';
  }
  for (size_t start : starts_) pointers_.push_back(start == Null ? nullptr : text_.data() + start);
  return {};
}

base::Result<void> Parameters::set(std::span<const BinaryArray> arrays) {
  clear();
  for (const BinaryArray& array : arrays) {
    if (array.bytes().size() > BytesMax)
      return base::fail(misuse("54000", fmt::format("an array of {} bytes; PostgreSQL takes 1 GiB", array.bytes().size())));
    pointers_.push_back(array.bytes().data());
    lengths_.push_back(int(array.bytes().size()));
    formats_.push_back(Binary);
  }
  return {};
}

void Parameters::clear() {
  text_.clear();
  starts_.clear();
  pointers_.clear();
  lengths_.clear();
  formats_.clear();
}

}  // namespace syncline::sql::postgres
