// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace syncline::base {

/// A credential. It cannot be printed by accident; only reveal() gives the text. Every secret's value is remembered for redact().
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text);
  [[nodiscard]] const std::string& reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

/// The text with every known secret replaced by «***»: as it is, and as it stands in a URL, a form, JSON (also JSON within JSON) or HTML.
/// For whatever leaves the process: messages, logs, stored payloads. Thread-safe.
[[nodiscard]] std::string redact(std::string_view text);

}  // namespace syncline::base
