// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "base/check.hpp"
#include "http/inflate.hpp"

/// Whatever the bytes are: a proven whole within the limits, or an error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace syncline;
  const http::SizeLimits sizes{.inflated_bytes_max = size_t{1} << 20};
  for (const http::Encoding encoding : {http::Encoding::Gzip, http::Encoding::Deflate}) {
    const auto result = http::inflate({reinterpret_cast<const char*>(data), size}, encoding, sizes);
    if (result)
      base::check(result->size() <= sizes.inflated_bytes_max && result->capacity() >= result->size() + 64, "limits and padding hold");
  }
  return 0;
}
