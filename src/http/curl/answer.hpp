// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"
#include "http/transport.hpp"

namespace syncline::http {

/// An answer while it comes in: header lines and body bytes as the wire has them, held against the limits. After a `false` the exchange is
/// over and `problem()` says why.
class IncomingAnswer {
 public:
  explicit IncomingAnswer(const SizeLimits& sizes) : sizes_(sizes) {}

  /// One line with its line end: a status line (which begins a new block: interim answers are dropped), a field, the blank line, a trailer.
  bool take_header_line(std::string_view line);
  bool take_body(std::string_view bytes);

  [[nodiscard]] const std::optional<base::Error>& problem() const { return problem_; }
  [[nodiscard]] bool has_begun() const { return header_bytes_ > 0; }
  /// The answer, once it is whole.
  [[nodiscard]] Response take(int status, std::string url) &&;

 private:
  enum class Part { Head, Body };

  bool begin_block(std::string_view status_line);
  bool take_field(std::string_view line);
  bool end_block();
  bool refuse(base::ErrorKind kind, std::string_view code, std::string message);

  const SizeLimits sizes_;
  Part part_ = Part::Head;
  bool interim_ = false;
  size_t header_bytes_ = 0;
  Headers headers_;
  std::vector<char> body_;
  std::optional<base::Error> problem_;
};

}  // namespace syncline::http
