// SPDX-License-Identifier: Apache-2.0
#include "base/secret.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <type_traits>

namespace syncline::base {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

TEST(Secret, CannotBePrintedByAccident) {
  EXPECT_FALSE(Printable<Secret>);
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string_view>));
}

TEST(Secret, IsReplacedWhereverItStands) {
  const Secret secret("canary-one-1234");
  EXPECT_EQ(redact("Authorization: Bearer canary-one-1234, again canary-one-1234"), "Authorization: Bearer ***, again ***");
  EXPECT_EQ(redact("nothing to hide"), "nothing to hide");
}

TEST(Secret, IsReplacedInAUrlToo) {
  const Secret secret("canary/two&5678 é");
  EXPECT_EQ(redact("GET /?key=canary%2Ftwo%265678%20%C3%A9&x=1"), "GET /?key=***&x=1");
}

TEST(Secret, ALongerOneIsNotBetrayedByAShorterOneInsideIt) {
  const Secret shorter("canary-three"), longer("canary-three-and-its-tail");
  EXPECT_EQ(redact("token canary-three-and-its-tail"), "token ***");
}

TEST(Secret, StaysHiddenAfterItsOwnerIsGone) {
  { const Secret secret("canary-four-9999"); }
  EXPECT_EQ(redact("canary-four-9999"), "***");
}

TEST(Secret, AShortOneDoesNotBlotOutOrdinaryWords) {
  const Secret secret("a");
  EXPECT_EQ(redact("banana"), "banana");
}

}  // namespace
}  // namespace syncline::base
