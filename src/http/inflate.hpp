// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "http/transport.hpp"

namespace syncline::http {

/// How a body is packed.
enum class Encoding {
  Gzip,     ///< RFC 1952: one or more members
  Deflate,  ///< RFC 1950, or the bare RFC 1951 stream some servers send under this name
};

/// The whole content of a packed body, proven: every member ends, its CRC and length are right, nothing is left over. Room for a decoder's
/// padding (64 bytes) is kept behind it. Errors on the Source's side: Transient (cut or corrupt), Guard (beyond `sizes`).
base::Result<std::vector<char>> inflate(std::string_view packed, Encoding encoding, const SizeLimits& sizes);

/// How the answer's body is packed, by its Content-Encoding; nullopt: not at all. Error: ContractDrift for an encoding nobody asked for.
base::Result<std::optional<Encoding>> encoding_of(const Headers& headers);

}  // namespace syncline::http
