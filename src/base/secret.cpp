// SPDX-License-Identifier: Apache-2.0
#include "base/secret.hpp"

#include <algorithm>
#include <mutex>
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

std::string percent_encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    const bool plain =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += char(c);
    } else {
      out += {'%', digits[c >> 4], digits[c & 15]};
    }
  }
  return out;
}

void replace_all(std::string& text, std::string_view what) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 3)) text.replace(at, what.size(), "***");
}

}  // namespace

Secret::Secret(std::string text) : text_(std::move(text)) {
  if (text_.size() < ShortestSecret) return;
  KnownSecrets& known = known_secrets();
  std::lock_guard lock(known.mutex);
  known.values.insert(text_);
  known.values.insert(percent_encoded(text_));
}

std::string redact(std::string_view text) {
  std::string out(text);
  KnownSecrets& known = known_secrets();
  std::lock_guard lock(known.mutex);
  for (const std::string& value : known.values) replace_all(out, value);
  return out;
}

}  // namespace syncline::base
