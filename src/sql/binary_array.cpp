// SPDX-License-Identifier: Apache-2.0
#include "sql/binary_array.hpp"

#include <charconv>

#include "base/check.hpp"
#include "sql/shared/big_endian.hpp"

namespace syncline::sql {
namespace {

// Of pg_type, the same in every version.
constexpr int32_t BigintOid = 20, TextOid = 25;
constexpr size_t HasNullsAt = 4, SizeAt = 12;

}  // namespace

BinaryArray::BinaryArray(Of elements) : elements_(elements) {
  for (const int32_t word : {int32_t{1}, int32_t{0}, elements == Of::Integers ? BigintOid : TextOid, int32_t{0}, int32_t{1}})
    append_big_endian(bytes_, word);
}

void BinaryArray::add(const record::Cell& cell) {
  write_big_endian(bytes_.data() + SizeAt, ++size_);
  if (cell.is_null()) {
    write_big_endian(bytes_.data() + HasNullsAt, int32_t{1});
    append_big_endian(bytes_, int32_t{-1});
  } else if (elements_ == Of::Integers) {
    base::check(cell.type == record::Cell::Type::Integer, "an array of integers holds integers");
    append_big_endian(bytes_, int32_t{sizeof(int64_t)});
    append_big_endian(bytes_, cell.integer());
  } else if (cell.type == record::Cell::Type::Integer) {
    char digits[24];
    add_text({digits, std::to_chars(digits, digits + sizeof digits, cell.integer()).ptr});
  } else {
    add_text(cell.text());
  }
}

void BinaryArray::add_text(std::string_view text) {
  append_big_endian(bytes_, int32_t(text.size()));
  bytes_ += text;
}

}  // namespace syncline::sql
