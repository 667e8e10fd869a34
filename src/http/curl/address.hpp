// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/socket.h>

#include <string>

namespace syncline::http {

/// Whether the address is one of the public internet. Everything set aside for other uses is not: loopback, private, link-local (cloud
/// metadata), shared, unique-local, documentation, multicast, reserved, IPv4 in IPv6's mapped, 6to4 and Teredo clothes. NAT64's well-known
/// prefix counts as the IPv4 address inside.
[[nodiscard]] bool is_public_address(const sockaddr& address);

/// "127.0.0.1", "::1".
[[nodiscard]] std::string shown_address(const sockaddr& address);

}  // namespace syncline::http
