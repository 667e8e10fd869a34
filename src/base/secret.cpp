// SPDX-License-Identifier: Apache-2.0
#include "base/secret.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>
#include <optional>
#include <set>

namespace syncline::base {
namespace {

/// Shorter values would blot out ordinary words; no real credential is this short.
constexpr size_t ShortestSecret = 6;

/// Longest first: a secret that begins with another one must not keep its tail.
struct LongestFirst {
  bool operator()(const std::string& a, const std::string& b) const { return a.size() != b.size() ? a.size() > b.size() : a < b; }
};

struct KnownSecrets {
  std::mutex mutex;
  std::set<std::string, LongestFirst> values;
};

KnownSecrets& known_secrets() {
  static KnownSecrets secrets;
  return secrets;
}

/// One way in which a secret goes on in a text: how many bytes of each it takes.
struct Taken {
  size_t secret = 0, text = 0;
};

/// How many the text begins with. Nothing is quoted more often than four times, and a page full of them must not cost much.
size_t backslashes(std::string_view text) {
  const std::string_view row = text.substr(0, 16);
  return std::min(row.find_first_not_of('\\'), row.size());
}

std::optional<uint32_t> hexadecimal(std::string_view text, size_t digits) {
  uint32_t value = 0;
  if (text.size() < digits) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value, 16);
  if (error != std::errc() || end != text.data() + digits) return std::nullopt;
  return value;
}

std::string utf8(uint32_t c) {
  if (c < 0x80) return {char(c)};
  if (c < 0x800) return {char(0xC0 | c >> 6), char(0x80 | (c & 0x3F))};
  if (c < 0x10000) return {char(0xE0 | c >> 12), char(0x80 | (c >> 6 & 0x3F)), char(0x80 | (c & 0x3F))};
  return {char(0xF0 | c >> 18), char(0x80 | (c >> 12 & 0x3F)), char(0x80 | (c >> 6 & 0x3F)), char(0x80 | (c & 0x3F))};
}

/// %2F in URLs, + in forms.
std::optional<Taken> in_url(std::string_view secret, std::string_view text) {
  if (secret[0] == ' ' && text[0] == '+') return Taken{1, 1};
  if (text[0] != '%' || hexadecimal(text.substr(1), 2) != static_cast<unsigned char>(secret[0])) return std::nullopt;
  return Taken{1, 3};
}

/// \u00fc, and two of them for what is outside of the first plane.
std::optional<Taken> as_code_point(std::string_view secret, std::string_view text) {
  size_t taken = 0;
  const auto unit = [&]() -> std::optional<uint32_t> {
    const size_t slashes = backslashes(text.substr(taken));
    if (slashes == 0 || !text.substr(taken + slashes).starts_with('u')) return std::nullopt;
    taken += slashes + 5;
    return taken <= text.size() ? hexadecimal(text.substr(taken - 4), 4) : std::nullopt;
  };
  std::optional<uint32_t> point = unit();
  if (!point) return std::nullopt;
  if (*point >= 0xD800 && *point < 0xDC00) {
    const std::optional<uint32_t> low = unit();
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
    point = 0x10000 + ((*point - 0xD800) << 10) + (*low - 0xDC00);
  }
  const std::string character = utf8(*point);
  if (!secret.starts_with(character)) return std::nullopt;
  return Taken{character.size(), taken};
}

/// \" and \\ in JSON, and more backslashes where that was quoted again.
std::optional<Taken> quoted(std::string_view secret, std::string_view text) {
  const size_t slashes = backslashes(text);
  if (slashes == 0) return std::nullopt;
  if (secret[0] == '\\') return Taken{backslashes(secret), slashes};
  const bool may_be_quoted = secret[0] == '"' || secret[0] == '/' || secret[0] == '\'';
  if (!may_be_quoted || !text.substr(slashes).starts_with(secret[0])) return std::nullopt;
  return Taken{1, slashes + 1};
}

/// &amp; in HTML.
std::optional<Taken> as_entity(std::string_view secret, std::string_view text) {
  struct Entity {
    char character;
    std::string_view text;
  };
  static constexpr std::array Entities{Entity{'&', "&amp;"}, Entity{'<', "&lt;"},   Entity{'>', "&gt;"},    Entity{'"', "&quot;"},
                                       Entity{'"', "&#34;"}, Entity{'\'', "&#39;"}, Entity{'\'', "&#x27;"}, Entity{'\'', "&apos;"}};
  for (const Entity& entity : Entities) {
    if (entity.character == secret[0] && text.starts_with(entity.text)) return Taken{1, entity.text.size()};
  }
  return std::nullopt;
}

/// How many bytes of the text's beginning are this secret, each character of it in whatever form; 0 if it is not there.
size_t length_in(std::string_view text, std::string_view secret) {
  if (text.empty()) return 0;
  const std::optional<Taken> as_it_is = text[0] == secret[0] ? std::optional(Taken{1, 1}) : std::nullopt;
  const std::array ways{as_it_is, in_url(secret, text), as_code_point(secret, text), quoted(secret, text), as_entity(secret, text)};
  for (const std::optional<Taken>& way : ways) {
    if (!way) continue;
    if (way->secret == secret.size()) return way->text;
    if (const size_t rest = length_in(text.substr(way->text), secret.substr(way->secret))) return way->text + rest;
  }
  return 0;
}

void replace_all(std::string& text, std::string_view secret) {
  // What no form of a secret can begin with is passed over quickly.
  const std::string begins = std::string("\\%+&") + secret[0];
  for (size_t at = text.find_first_of(begins); at != std::string::npos; at = text.find_first_of(begins, at)) {
    const size_t length = length_in(std::string_view(text).substr(at), secret);
    if (length > 0) text.replace(at, length, "***");
    at += length > 0 ? 3 : 1;
  }
}

}  // namespace

Secret::Secret(std::string text) : text_(std::move(text)) {
  if (text_.size() < ShortestSecret) return;
  KnownSecrets& known = known_secrets();
  std::lock_guard lock(known.mutex);
  known.values.insert(text_);
}

std::string redact(std::string_view text) {
  std::string out(text);
  KnownSecrets& known = known_secrets();
  std::lock_guard lock(known.mutex);
  for (const std::string& value : known.values) replace_all(out, value);
  return out;
}

}  // namespace syncline::base
