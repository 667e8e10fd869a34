// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "extract/answer_path.hpp"
#include "record/record_batch.hpp"

namespace syncline::extract {

/// 64 bits over the keys of a page's records in their order, as hexadecimal text: enough to see that two pages are the same one. A record
/// without a key counts with its whole source, so that pages without keys are still told apart.
[[nodiscard]] std::string fingerprint(const record::RecordBatch& batch, const AnswerPath& key);

}  // namespace syncline::extract
