// SPDX-License-Identifier: Apache-2.0
#include "state/storable.hpp"

#include "base/secret.hpp"
#include "base/text.hpp"

namespace syncline::state {
namespace {

/// The text with each byte that `next` finds replaced. One pass, whatever a vendor sends.
std::string replaced(std::string_view text, size_t (*next)(std::string_view), std::string_view with) {
  std::string out;
  for (size_t bad = next(text); bad != std::string_view::npos; bad = next(text)) {
    out.append(text.substr(0, bad)).append(with);
    text.remove_prefix(bad + 1);
  }
  return out.append(text);
}

size_t nul_at(std::string_view text) { return text.find('\0'); }

}  // namespace

std::string storable(std::string_view text) {
  return replaced(replaced(base::redact(text), nul_at, "\\u0000"), base::invalid_utf8_at, "\uFFFD");
}

}  // namespace syncline::state
