// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <type_traits>

namespace syncline::sql {

/// Most significant byte first, as everything in PostgreSQL's wire protocol.
template <class Int>
void write_big_endian(char* to, Int value) {
  auto bits = std::make_unsigned_t<Int>(value);
  for (size_t at = sizeof(Int); at-- > 0; bits = std::make_unsigned_t<Int>(bits >> 8)) to[at] = char(bits & 0xFF);
}

template <class Int>
void append_big_endian(std::string& out, Int value) {
  char bytes[sizeof(Int)];
  write_big_endian(bytes, value);
  out.append(bytes, sizeof bytes);
}

}  // namespace syncline::sql
