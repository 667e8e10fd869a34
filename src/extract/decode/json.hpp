// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "extract/answer_path.hpp"
#include "extract/decode/decoder.hpp"
#include "extract/decode/tree.hpp"

namespace syncline::extract {

/// A list of plain JSON objects somewhere in the answer.
class JsonDecoder final : public Decoder {
 public:
  static base::Spec spec();
  static std::unique_ptr<Decoder> make(const config::Options& options);

  base::Result<Decoded> decode(std::vector<char> body, std::string_view content_type) override;

 private:
  explicit JsonDecoder(AnswerPath list) : list_(std::move(list)) {}

  const AnswerPath list_;
  TreeParser parser_;
};

}  // namespace syncline::extract
