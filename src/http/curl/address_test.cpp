// SPDX-License-Identifier: Apache-2.0
#include "http/curl/address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace syncline::http {
namespace {

sockaddr_storage address_of(const std::string& text) {
  sockaddr_storage storage{};
  auto& ip4 = reinterpret_cast<sockaddr_in&>(storage);
  auto& ip6 = reinterpret_cast<sockaddr_in6&>(storage);
  if (inet_pton(AF_INET, text.c_str(), &ip4.sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else {
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &ip6.sin6_addr), 1) << text;
    storage.ss_family = AF_INET6;
  }
  return storage;
}

bool is_public(const std::string& text) {
  const sockaddr_storage storage = address_of(text);
  return is_public_address(reinterpret_cast<const sockaddr&>(storage));
}

TEST(PublicAddress, S7WhatIsSetAsideIsNotPublic) {
  for (const char* address :
       {"0.0.0.0",       "0.1.2.3",         "10.0.0.1",        "10.255.255.255",  "100.64.0.1",        "100.127.255.255",
        "127.0.0.1",     "127.255.255.254", "169.254.169.254", "172.16.0.1",      "172.31.255.255",    "192.0.0.8",
        "192.0.2.1",     "192.88.99.1",     "192.168.0.1",     "198.18.0.1",      "198.19.255.255",    "198.51.100.7",
        "203.0.113.9",   "224.0.0.1",       "239.255.255.255", "240.0.0.1",       "255.255.255.255",   "::",
        "::1",           "::7f00:1",        "::ffff:7f00:1",   "::ffff:8.8.8.8",  "fe80::1",           "fc00::1",
        "fd12:3456::1",  "fec0::1",         "ff02::1",         "2001:db8::1",     "2001::1",           "2001:1ff::1",
        "2002:7f00:1::", "2002:808:808::1", "3fff::1",         "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::808:808",
        "100::1",        "4000::1",         "5f00::1"}) {
    EXPECT_FALSE(is_public(address)) << address;
  }
}

TEST(PublicAddress, TheRestOfTheInternetIs) {
  for (const char* address : {"1.1.1.1",           "8.8.8.8",
                              "9.255.255.255",     "11.0.0.0",
                              "100.63.255.255",    "100.128.0.0",
                              "126.255.255.255",   "128.0.0.1",
                              "169.253.0.1",       "172.15.255.255",
                              "172.32.0.0",        "192.0.1.1",
                              "192.167.255.255",   "192.169.0.0",
                              "198.17.255.255",    "198.20.0.0",
                              "223.255.255.255",   "2606:4700:4700::1111",
                              "2001:200::1",       "2001:4860:4860::8888",
                              "2a00:1450:4001::1", "64:ff9b::8.8.8.8"}) {
    EXPECT_TRUE(is_public(address)) << address;
  }
}

TEST(PublicAddress, AnotherFamilyIsNot) {
  sockaddr address{};
  address.sa_family = AF_UNIX;
  EXPECT_FALSE(is_public_address(address));
  EXPECT_EQ(shown_address(address), "an address of another family");
}

TEST(PublicAddress, IsShownAsPeopleWriteIt) {
  const sockaddr_storage ip4 = address_of("169.254.169.254"), ip6 = address_of("FD00::0001");
  EXPECT_EQ(shown_address(reinterpret_cast<const sockaddr&>(ip4)), "169.254.169.254");
  EXPECT_EQ(shown_address(reinterpret_cast<const sockaddr&>(ip6)), "fd00::1");
}

}  // namespace
}  // namespace syncline::http
