// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/spec.hpp"
#include "config/options.hpp"
#include "extract/repeated_names.hpp"
#include "record/record_batch.hpp"

namespace syncline::extract {

/// An answer's records, and the answer itself for what stands around them (counts, cursors). Moves keep all addresses valid.
struct Decoded {
  record::RecordBatch batch;
  record::Value envelope;  ///< the root: an object or a list; points into the batch
  RepeatedNames repeated;  ///< anywhere in the answer
};

/// Turns an answer's body into records: the family behind a stream's `records:`. Keeps buffers between pages; belongs to one thread.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Errors on the Source's side: Transient for an answer that is broken or speaks of an error, which may pass when it is asked for again;
  /// ContractDrift for a good answer whose list is not where the connector says.
  virtual base::Result<Decoded> decode(std::vector<char> body, std::string_view content_type) = 0;
};

/// The member that `options.name` chooses.
base::Result<std::unique_ptr<Decoder>> make_decoder(const config::Options& options);

[[nodiscard]] std::vector<base::Spec> decoder_specs();

}  // namespace syncline::extract
