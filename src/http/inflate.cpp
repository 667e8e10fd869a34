// SPDX-License-Identifier: Apache-2.0
#include "http/inflate.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/text.hpp"

namespace syncline::http {
namespace {

constexpr size_t PaddingBytes = 64;
constexpr size_t ChunkBytes = size_t{32} << 10;
/// A small body may be packed as tightly as it likes: repeated rows of a short page reach high ratios.
constexpr size_t RatioFreeBytes = size_t{1} << 20;

constexpr int GzipWindow = MAX_WBITS + 16, ZlibWindow = MAX_WBITS, RawWindow = -MAX_WBITS;

base::Error corrupt(std::string_view what) {
  return {.kind = base::ErrorKind::Transient,
          .side = base::Side::Source,
          .message = fmt::format("the packed body is {}; nothing of it is used", what),
          .code = "corrupt_body",
          .subject = {},
          .retry_after = {}};
}

base::Error too_large(std::string message) {
  return {.kind = base::ErrorKind::Guard,
          .side = base::Side::Source,
          .message = std::move(message),
          .code = "body_too_large",
          .subject = {},
          .retry_after = {}};
}

/// A zlib stream with its end.
class Stream {
 public:
  explicit Stream(std::string_view packed, int window) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = 0;
    left_ = packed.size();
    open_ = inflateInit2(&stream_, window) == Z_OK;
  }
  ~Stream() {
    if (open_) inflateEnd(&stream_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] bool is_open() const { return open_; }
  [[nodiscard]] size_t bytes_left() const { return left_ + stream_.avail_in; }

  /// One step: unpacks into `out` and says how many bytes came; zlib's code in `code`.
  size_t step(std::array<char, ChunkBytes>& out, int& code) {
    feed();
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = uInt(out.size());
    code = ::inflate(&stream_, Z_NO_FLUSH);
    return out.size() - stream_.avail_out;
  }
  /// Ready for the next member, which begins where the last one ended.
  bool restart() { return inflateReset(&stream_) == Z_OK; }

 private:
  // avail_in has 32 bits, a body may have more.
  void feed() {
    static constexpr size_t FeedBytes = size_t{1} << 30;
    if (stream_.avail_in > 0 || left_ == 0) return;
    stream_.avail_in = uInt(std::min(left_, FeedBytes));
    left_ -= stream_.avail_in;
  }

  z_stream stream_{};
  size_t left_ = 0;
  bool open_ = false;
};

bool has_zlib_header(std::string_view packed) {
  if (packed.size() < 2) return false;
  const unsigned first = uint8_t(packed[0]), second = uint8_t(packed[1]);
  return (first & 0x0F) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
}

int window_of(std::string_view packed, Encoding encoding) {
  if (encoding == Encoding::Gzip) return GzipWindow;
  return has_zlib_header(packed) ? ZlibWindow : RawWindow;
}

/// The most this body may become.
size_t bytes_max(std::string_view packed, const SizeLimits& sizes) {
  const double by_ratio = double(packed.size()) * sizes.inflate_ratio_max;
  const size_t ratio_max = by_ratio < double(sizes.inflated_bytes_max) ? size_t(by_ratio) : sizes.inflated_bytes_max;
  return std::min(std::max(ratio_max, RatioFreeBytes), sizes.inflated_bytes_max);
}

/// The length gzip's trailer promises: a hint for the allocation, nothing more (of the last member, modulo 2^32, and anybody can write it).
size_t promised_bytes(std::string_view packed, Encoding encoding) {
  if (encoding != Encoding::Gzip || packed.size() < 18) return packed.size() * 4;
  size_t promised = 0;
  for (size_t at = 0; at < 4; ++at) promised |= size_t(uint8_t(packed[packed.size() - 4 + at])) << (8 * at);
  return promised;
}

/// Appends so that the padding is always there and growth doubles.
void append(std::vector<char>& out, const char* data, size_t size) {
  const size_t needed = out.size() + size + PaddingBytes;
  if (needed > out.capacity()) out.reserve(std::max(needed, out.capacity() * 2));
  out.insert(out.end(), data, data + size);
}

}  // namespace

base::Result<std::vector<char>> inflate(std::string_view packed, Encoding encoding, const SizeLimits& sizes) {
  Stream stream(packed, window_of(packed, encoding));
  if (!stream.is_open()) {
    return base::fail({.kind = base::ErrorKind::Fatal,
                       .side = base::Side::Us,
                       .message = "zlib could not be started: out of memory",
                       .code = {},
                       .subject = {},
                       .retry_after = {}});
  }
  const size_t limit = bytes_max(packed, sizes);
  std::vector<char> out;
  out.reserve(std::min(promised_bytes(packed, encoding), limit) + PaddingBytes);
  const auto chunk = std::make_unique<std::array<char, ChunkBytes>>();

  while (true) {
    int code = Z_OK;
    const size_t count = stream.step(*chunk, code);
    if (count > limit - out.size()) {
      return base::fail(too_large(fmt::format("the packed body of {} bytes unpacks to more than {} bytes: refused as a decompression bomb",
                                              base::with_thousands(int64_t(packed.size())), base::with_thousands(int64_t(limit)))));
    }
    append(out, chunk->data(), count);
    if (code == Z_BUF_ERROR || (code == Z_OK && count == 0 && stream.bytes_left() == 0))
      return base::fail(corrupt("cut off before its end"));
    if (code == Z_OK) continue;
    if (code != Z_STREAM_END) return base::fail(corrupt("damaged (bad data, checksum or length)"));
    if (stream.bytes_left() == 0) return out;
    if (encoding != Encoding::Gzip) return base::fail(corrupt("followed by bytes that do not belong to it"));
    if (!stream.restart()) return base::fail(corrupt("damaged"));
  }
}

base::Result<std::optional<Encoding>> encoding_of(const Headers& headers) {
  std::optional<Encoding> encoding;
  for (const auto& [name, value] : headers) {
    if (!base::equals_ignoring_case(name, "Content-Encoding")) continue;
    const std::string word = base::lower(base::trim(value));
    if (word.empty() || word == "identity") continue;
    const bool known = word == "gzip" || word == "x-gzip" || word == "deflate";
    if (!known || encoding) {
      return base::fail({.kind = base::ErrorKind::ContractDrift,
                         .side = base::Side::Source,
                         .message = fmt::format("the body is packed as `{}`, but gzip is what was asked for", base::shown(value, 60)),
                         .code = "content_encoding",
                         .subject = {},
                         .retry_after = {}});
    }
    encoding = word == "deflate" ? Encoding::Deflate : Encoding::Gzip;
  }
  return encoding;
}

}  // namespace syncline::http
