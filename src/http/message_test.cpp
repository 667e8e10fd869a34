// SPDX-License-Identifier: Apache-2.0
#include "http/message.hpp"

#include <gtest/gtest.h>

#include "base/secret.hpp"

namespace syncline::http {
namespace {

TEST(Header, NamesCompareWithoutCaseAndTheFirstCounts) {
  const Headers headers{{"Content-Type", "text/csv"}, {"content-type", "text/html"}};
  EXPECT_EQ(header(headers, "CONTENT-TYPE"), "text/csv");
  EXPECT_EQ(header(headers, "Content"), "");
  EXPECT_EQ(header({}, ""), "");
}

TEST(ShownUrl, HidesUserQueryAndFragment) {
  EXPECT_EQ(shown_url("https://user:pass@api.example.com:8443/v1/x?token=secret#frag"), "https://api.example.com:8443/v1/x");
  EXPECT_EQ(shown_url("https://us@er:p@ss@api.example.com/v1"), "https://api.example.com/v1");
  EXPECT_EQ(shown_url("https://api.example.com?key=1"), "https://api.example.com");
  EXPECT_EQ(shown_url("https://u:p@h/#a?b"), "https://h/");
}

TEST(ShownUrl, WhatIsNoUrlIsNotShown) {
  EXPECT_EQ(shown_url("user:password@host/path"), "(malformed URL)");
  EXPECT_EQ(shown_url("?token=secret"), "(malformed URL)");
  EXPECT_EQ(shown_url(""), "(malformed URL)");
}

TEST(ShownUrl, KnownSecretsInThePathAndControlCharactersDoNotPass) {
  const base::Secret secret("hook-9f81aa");
  EXPECT_EQ(shown_url("https://h.example/hooks/hook-9f81aa/go"), "https://h.example/hooks/***/go");
  EXPECT_EQ(shown_url("https://h.example/\x1b[2J\r\n").find('\x1b'), std::string::npos);
  EXPECT_LT(shown_url("https://h.example/" + std::string(100'000, 'a')).size(), 400u);
}

TEST(SameOrigin, IsSchemeHostAndPort) {
  EXPECT_TRUE(same_origin("https://api.example.com/a", "HTTPS://API.example.com:443/b?c"));
  EXPECT_TRUE(same_origin("http://h:/a", "http://h:80"));
  EXPECT_TRUE(same_origin("http://[::1]:8080/a", "http://[::1]:8080/b"));
  EXPECT_FALSE(same_origin("https://api.example.com/", "http://api.example.com/"));
  EXPECT_FALSE(same_origin("https://api.example.com/", "https://api.example.com:8443/"));
  EXPECT_FALSE(same_origin("https://api.example.com/", "https://api.example.com.evil.example/"));
  EXPECT_FALSE(same_origin("http://[::1]:8080/", "http://[::1]:8081/"));
}

TEST(SameOrigin, AnUrlThatParsersReadDifferentlyHasNoOrigin) {
  const std::string good = "https://good.example/";
  for (const std::string hostile : {"https://good.example@evil.example/",
                                    "https://evil@good.example/",
                                    "https://good.example\\@evil.example/",
                                    "https://good.example\\evil/",
                                    "https://good.example:443@evil/",
                                    "https://good.example:99999/",
                                    "https://good.example:0/",

                                    "https:///good.example/",
                                    "https:good.example/",
                                    "//good.example/",
                                    "https://good.example\t/",
                                    "https://good.exa\nmple/",
                                    "https:// good.example/",
                                    "https://g%6fod.example/",
                                    "https://gööd.example/",
                                    "https://[good.example]/",
                                    "https://[::1/",
                                    "https://good.example:443:1/",
                                    "ftp://good.example/",
                                    "javascript://good.example/",
                                    "",
                                    "https://",
                                    "https://good.example:+443/"}) {
    EXPECT_FALSE(same_origin(good, hostile)) << hostile;
    EXPECT_FALSE(same_origin(hostile, hostile)) << hostile;
  }
  EXPECT_FALSE(same_origin("", ""));
}

TEST(ResolvedUrl, FollowsEveryExampleOfTheStandard) {
  const std::pair<const char*, const char*> examples[] = {
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {"g?y#s", "http://a/b/c/g?y#s"},
      {";x", "http://a/b/c/;x"},
      {"g;x?y#s", "http://a/b/c/g;x?y#s"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"../../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {".g", "http://a/b/c/.g"},
      {"g..", "http://a/b/c/g.."},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/./h", "http://a/b/c/g/h"},
      {"g/../h", "http://a/b/c/h"},
      {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"https://h/x", "https://h/x"},
  };
  for (const auto& [reference, expected] : examples) EXPECT_EQ(resolved_url("http://a/b/c/d;p?q", reference), expected) << reference;
}

TEST(ResolvedUrl, ABaseWithoutAPathStillGivesOne) {
  EXPECT_EQ(resolved_url("https://h", "x"), "https://h/x");
  EXPECT_EQ(resolved_url("https://h?q", "x"), "https://h/x");
}

TEST(ResolvedUrl, AnAtSignIsAPathUnlessAnAuthorityWasWritten) {
  EXPECT_EQ(resolved_url("https://good.example/a/b", "@evil.example/"), "https://good.example/a/@evil.example/");
  EXPECT_EQ(resolved_url("https://good.example/a/b", "//evil.example/x"), "https://evil.example/x");
  EXPECT_TRUE(same_origin("https://good.example/", resolved_url("https://good.example/a/b", "/\\evil.example/")));
}

TEST(ResolvedUrl, EncodesBlanksAndRawUtf8ButKeepsControlCharactersToBeRefused) {
  EXPECT_EQ(resolved_url("https://h/", " /a b/\xC3\xA9?x=\xC3\xA9 "), "https://h/a%20b/%C3%A9?x=%C3%A9");
  EXPECT_FALSE(same_origin("https://h/", resolved_url("https://h/", "/a\r\nX-Injected: 1")));
}

TEST(WithParameters, AppendsAndReplaces) {
  EXPECT_EQ(with_parameters("https://h/a", {{"page", "2"}}), "https://h/a?page=2");
  EXPECT_EQ(with_parameters("https://h/a?b=1&page=1#f", {{"page", "2"}}), "https://h/a?b=1&page=2");
  EXPECT_EQ(with_parameters("https://h/a?page%5Bsize%5D=1&flag", {{"page[size]", "500"}}), "https://h/a?flag&page%5Bsize%5D=500");
  EXPECT_EQ(with_parameters("https://h/a?include=x", {{"include", "a"}, {"include", "b"}}), "https://h/a?include=a&include=b");
  EXPECT_EQ(with_parameters("https://h/a?q=1", {}), "https://h/a?q=1");
  EXPECT_EQ(with_parameters("https://h/a?", {}), "https://h/a");
}

TEST(WithParameters, EncodesWhatWouldEndAValue) {
  EXPECT_EQ(with_parameters("https://h/", {{"q", "a b&c=d#e/é+"}}), "https://h/?q=a%20b%26c%3Dd%23e%2F%C3%A9%2B");
  EXPECT_EQ(with_parameters("https://h/", {{"q", std::string("\0\r\n", 3)}}), "https://h/?q=%00%0D%0A");
}

TEST(FormEncoded, IsUrlEncodedWithPlusForBlank) {
  EXPECT_EQ(form_encoded({{"grant_type", "password"}, {"password", "p&s =%+~é"}}), "grant_type=password&password=p%26s+%3D%25%2B~%C3%A9");
  EXPECT_EQ(form_encoded({}), "");
  EXPECT_EQ(form_encoded({{"a", ""}}), "a=");
}

}  // namespace
}  // namespace syncline::http
