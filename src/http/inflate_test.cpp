// SPDX-License-Identifier: Apache-2.0
#include "http/inflate.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace syncline::http {
namespace {

constexpr int Gzip = MAX_WBITS + 16, Zlib = MAX_WBITS, Raw = -MAX_WBITS;

std::string packed(std::string_view text, int window) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = uInt(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = uInt(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// Text that is neither all the same nor random, of `count` lines.
std::string lines(int count) {
  std::string text;
  for (int line = 0; line < count; ++line) text += "{\"id\": " + std::to_string(line * 7919) + ", \"name\": \"row\"}\n";
  return text;
}

std::string unpacked(const base::Result<std::vector<char>>& result) {
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
  return result ? std::string(result->data(), result->size()) : std::string();
}

base::ErrorKind kind_of(const base::Result<std::vector<char>>& result) {
  EXPECT_FALSE(result.has_value());
  if (result) return base::ErrorKind::Fatal;
  EXPECT_EQ(result.error().side, base::Side::Source);
  return result.error().kind;
}

TEST(Inflate, A10GzipCutAtAnyByteIsTransientAndNothingOfItIsUsed) {
  const std::string whole = packed(lines(400), Gzip);
  for (size_t length = 0; length < whole.size(); ++length) {
    ASSERT_EQ(kind_of(inflate(std::string_view(whole).substr(0, length), Encoding::Gzip, {})), base::ErrorKind::Transient) << length;
  }
  EXPECT_EQ(unpacked(inflate(whole, Encoding::Gzip, {})), lines(400));
}

TEST(Inflate, A10AWrongChecksumOrLengthInTheTrailerIsTransient) {
  const std::string whole = packed(lines(10), Gzip);
  for (size_t from_end = 1; from_end <= 8; ++from_end) {
    std::string damaged = whole;
    damaged[damaged.size() - from_end] ^= 1;
    EXPECT_EQ(kind_of(inflate(damaged, Encoding::Gzip, {})), base::ErrorKind::Transient) << from_end;
  }
}

TEST(Inflate, DamageAnywhereIsFoundOrHarmless) {
  const std::string text = lines(50), whole = packed(text, Gzip);
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] ^= char(0x55);
    const auto result = inflate(damaged, Encoding::Gzip, {});
    // Time stamp, flags of speed and the operating system's byte of the header carry no content.
    if (!result) continue;
    EXPECT_EQ(std::string(result->data(), result->size()), text) << at;
  }
}

TEST(Inflate, A11EveryMemberOfGzipIsRead) {
  EXPECT_EQ(unpacked(inflate(packed("one,", Gzip) + packed("", Gzip) + packed("two", Gzip), Encoding::Gzip, {})), "one,two");
}

TEST(Inflate, A11ACutSecondMemberIsTransient) {
  const std::string first = packed(lines(5), Gzip), both = first + packed(lines(5), Gzip);
  for (size_t length = first.size() + 1; length < both.size(); ++length) {
    ASSERT_EQ(kind_of(inflate(std::string_view(both).substr(0, length), Encoding::Gzip, {})), base::ErrorKind::Transient) << length;
  }
}

TEST(Inflate, BytesBehindTheLastMemberAreRefused) {
  const std::string whole = packed("rows", Gzip);
  for (const std::string& rest : {std::string("x"), std::string("garbage behind"), std::string(8, '\0'), std::string("\x1f")}) {
    EXPECT_EQ(kind_of(inflate(whole + rest, Encoding::Gzip, {})), base::ErrorKind::Transient);
  }
  EXPECT_EQ(kind_of(inflate(packed("rows", Zlib) + "x", Encoding::Deflate, {})), base::ErrorKind::Transient);
  EXPECT_EQ(kind_of(inflate(packed("rows", Raw) + "x", Encoding::Deflate, {})), base::ErrorKind::Transient);
}

TEST(Inflate, A12ABombEndsAtTheRatio) {
  const std::string bomb = packed(std::string(size_t{20} << 20, '\0'), Gzip);
  const auto result = inflate(bomb, Encoding::Gzip, {});
  ASSERT_EQ(kind_of(result), base::ErrorKind::Guard);
  EXPECT_EQ(base::exit_code_of(result.error()), base::exit_code::Guard);
}

TEST(Inflate, A12ABombEndsAtTheSize) {
  const SizeLimits sizes{.inflated_bytes_max = 1000};
  EXPECT_EQ(kind_of(inflate(packed(std::string(1001, 'x'), Gzip), Encoding::Gzip, sizes)), base::ErrorKind::Guard);
  EXPECT_EQ(unpacked(inflate(packed(std::string(1000, 'x'), Gzip), Encoding::Gzip, sizes)).size(), 1000u);
  std::string members;
  for (int count = 0; count < 11; ++count) members += packed(std::string(100, 'x'), Gzip);
  EXPECT_EQ(kind_of(inflate(members, Encoding::Gzip, sizes)), base::ErrorKind::Guard);
}

TEST(Inflate, A12ATrailerThatPromisesTooMuchAllocatesNoMoreThanTheLimits) {
  std::string lying = packed("small", Gzip);
  for (size_t from_end = 1; from_end <= 4; ++from_end) lying[lying.size() - from_end] = char(0xFF);
  EXPECT_EQ(kind_of(inflate(lying, Encoding::Gzip, {})), base::ErrorKind::Transient);
}

TEST(Inflate, ASmallBodyMayBePackedTightly) {
  const std::string text(size_t{1} << 20, ' ');
  EXPECT_EQ(unpacked(inflate(packed(text, Gzip), Encoding::Gzip, {})), text);
}

TEST(Inflate, DeflateIsReadWithAndWithoutItsHeader) {
  EXPECT_EQ(unpacked(inflate(packed(lines(100), Zlib), Encoding::Deflate, {})), lines(100));
  EXPECT_EQ(unpacked(inflate(packed(lines(100), Raw), Encoding::Deflate, {})), lines(100));
}

TEST(Inflate, DeflateCutAtAnyByteIsTransient) {
  for (int window : {Zlib, Raw}) {
    const std::string whole = packed(lines(60), window);
    for (size_t length = 0; length < whole.size(); ++length) {
      ASSERT_EQ(kind_of(inflate(std::string_view(whole).substr(0, length), Encoding::Deflate, {})), base::ErrorKind::Transient) << length;
    }
  }
}

TEST(Inflate, WhatIsNotPackedAtAllIsTransient) {
  EXPECT_EQ(kind_of(inflate("{\"data\": []}", Encoding::Gzip, {})), base::ErrorKind::Transient);
  EXPECT_EQ(kind_of(inflate("<html>", Encoding::Deflate, {})), base::ErrorKind::Transient);
  EXPECT_EQ(kind_of(inflate(packed("rows", Zlib), Encoding::Gzip, {})), base::ErrorKind::Transient);
}

TEST(Inflate, LeavesRoomForADecodersPaddingAndNotMuchMore) {
  for (int count : {0, 1, 1000, 20'000}) {
    const auto result = inflate(packed(lines(count), Gzip), Encoding::Gzip, {});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->capacity(), result->size() + 64) << count;
  }
  const auto members = inflate(packed(lines(5000), Gzip) + packed("", Gzip), Encoding::Gzip, {});
  ASSERT_TRUE(members);
  EXPECT_GE(members->capacity(), members->size() + 64);
}

TEST(EncodingOf, KnowsGzipAndDeflateAndNothingElse) {
  EXPECT_EQ(*encoding_of({}), std::nullopt);
  EXPECT_EQ(*encoding_of({{"Content-Encoding", "identity"}}), std::nullopt);
  EXPECT_EQ(*encoding_of({{"content-encoding", " GZIP "}}), Encoding::Gzip);
  EXPECT_EQ(*encoding_of({{"Content-Encoding", "x-gzip"}}), Encoding::Gzip);
  EXPECT_EQ(*encoding_of({{"Content-Encoding", "deflate"}}), Encoding::Deflate);
  for (const Headers& wrong :
       {Headers{{"Content-Encoding", "br"}}, Headers{{"Content-Encoding", "gzip, gzip"}},
        Headers{{"Content-Encoding", "gzip"}, {"Content-Encoding", "gzip"}}, Headers{{"Content-Encoding", "\x1b[2J"}}}) {
    const auto encoding = encoding_of(wrong);
    ASSERT_FALSE(encoding);
    EXPECT_EQ(encoding.error().kind, base::ErrorKind::ContractDrift);
    EXPECT_EQ(encoding.error().message.find('\x1b'), std::string::npos);
  }
}

}  // namespace
}  // namespace syncline::http
