// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "extract/answer_path.hpp"
#include "extract/decode/decoder.hpp"
#include "extract/decode/tree.hpp"

namespace syncline::extract {

/// An answer that is JSON, and the list it was asked for.
struct Answer {
  record::RecordBatch batch;  ///< its page and arena are filled, its records are not
  Tree tree;
  record::Value list;  ///< a list, an object, or null
};

/// Parses the body and finds the list. Errors as Decoder::decode says.
base::Result<Answer> open_answer(TreeParser& parser, std::vector<char> body, std::string_view content_type, const AnswerPath& list);

/// For a list that is something else, found by the decoder.
[[nodiscard]] base::Error wrong_list(const AnswerPath& list, record::Value found, std::string_view wanted, std::string_view content_type);

/// An item that is no record.
[[nodiscard]] record::Undecodable undecodable(record::Value item, std::string reason, base::Arena& arena);

}  // namespace syncline::extract
