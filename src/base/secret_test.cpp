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

TEST(Secret, IsReplacedInJsonAsVendorsEchoIt) {
  const Secret secret("canary\"five\\/é🙂");
  EXPECT_EQ(redact(R"({"detail": "you sent canary\"five\\/é🙂!"})"), R"({"detail": "you sent ***!"})");
  EXPECT_EQ(redact(R"({"detail": "you sent canary\u0022five\u005c\/\u00e9\ud83d\uDE42!"})"), R"({"detail": "you sent ***!"})");
  EXPECT_EQ(redact(R"("{\"detail\": \"you sent canary\\\"five\\\\\/\\u00e9🙂\"}")"), R"("{\"detail\": \"you sent ***\"}")");
}

TEST(Secret, IsReplacedInAFormAndInHtml) {
  const Secret secret("canary <six>&'7%41+");
  EXPECT_EQ(redact("password=canary+%3csix%3E%26%277%2541%2B&x=1"), "password=***&x=1");
  EXPECT_EQ(redact("<b>canary &lt;six&gt;&amp;&#39;7%41+</b>"), "<b>***</b>");
}

TEST(Secret, WhatOnlyBeginsLikeOneStays) {
  const Secret secret("canary\"seven");
  EXPECT_EQ(redact("canary\\"), "canary\\");
  EXPECT_EQ(redact("canary\\u00"), "canary\\u00");
  EXPECT_EQ(redact("canary%2"), "canary%2");
  EXPECT_EQ(redact("canary&quot"), "canary&quot");
  EXPECT_EQ(redact("canary\\ud83d\\u12"), "canary\\ud83d\\u12");
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
