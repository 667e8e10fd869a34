// SPDX-License-Identifier: Apache-2.0
#include "http/curl/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace syncline::http {
namespace {

struct Block4 {
  uint32_t first;
  int bits;
};

constexpr uint32_t ip4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) { return (a << 24) | (b << 16) | (c << 8) | d; }

/// IANA's special-purpose registry (RFC 6890 and later), multicast and the reserved rest.
constexpr Block4 NotPublic4[] = {
    {ip4(0, 0, 0, 0), 8},     {ip4(10, 0, 0, 0), 8},      {ip4(100, 64, 0, 0), 10},  {ip4(127, 0, 0, 0), 8},    {ip4(169, 254, 0, 0), 16},
    {ip4(172, 16, 0, 0), 12}, {ip4(192, 0, 0, 0), 24},    {ip4(192, 0, 2, 0), 24},   {ip4(192, 88, 99, 0), 24}, {ip4(192, 168, 0, 0), 16},
    {ip4(198, 18, 0, 0), 15}, {ip4(198, 51, 100, 0), 24}, {ip4(203, 0, 113, 0), 24}, {ip4(224, 0, 0, 0), 4},    {ip4(240, 0, 0, 0), 4},
};

bool is_public4(uint32_t address) {
  return std::none_of(std::begin(NotPublic4), std::end(NotPublic4),
                      [&](const Block4& block) { return (address >> (32 - block.bits)) == (block.first >> (32 - block.bits)); });
}

bool is_public6(const std::array<uint8_t, 16>& address) {
  static constexpr std::array<uint8_t, 12> Nat64{0x00, 0x64, 0xff, 0x9b};
  if (std::equal(Nat64.begin(), Nat64.end(), address.begin())) return is_public4(ip4(address[12], address[13], address[14], address[15]));
  const unsigned first = unsigned(address[0]) << 8 | address[1], second = unsigned(address[2]) << 8 | address[3];
  if (first >> 13 != 1) return false;                     // only 2000::/3 is given out as global unicast
  if (first == 0x2001 && second < 0x0200) return false;   // 2001::/23: Teredo and other protocols' own
  if (first == 0x2001 && second == 0x0db8) return false;  // documentation
  if (first == 0x3fff && second < 0x1000) return false;   // documentation
  return first != 0x2002;                                 // 6to4 leads to any IPv4 address
}

}  // namespace

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in ip{};
    std::memcpy(&ip, &address, sizeof ip);
    return is_public4(ntohl(ip.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 ip{};
    std::memcpy(&ip, &address, sizeof ip);
    std::array<uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &ip.sin6_addr, bytes.size());
    return is_public6(bytes);
  }
  return false;
}

std::string shown_address(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.sa_family == AF_INET) {
    sockaddr_in ip{};
    std::memcpy(&ip, &address, sizeof ip);
    inet_ntop(AF_INET, &ip.sin_addr, text, sizeof text);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 ip{};
    std::memcpy(&ip, &address, sizeof ip);
    inet_ntop(AF_INET6, &ip.sin6_addr, text, sizeof text);
  }
  return *text ? text : "an address of another family";
}

}  // namespace syncline::http
