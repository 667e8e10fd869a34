// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "config/project.hpp"
#include "record/record_batch.hpp"

namespace syncline::extract {

/// How records of a stream are kept that could not become rows yet, and become records again. Belongs to one thread.
class StoredRecords {
 public:
  virtual ~StoredRecords() = default;
  /// What is stored of a record, or of an item that is none: `source`, a part of that page, with what else of the page its fields are found
  /// in. The page is looked at once for all its records, until `forget`.
  virtual std::string payload(const record::RecordBatch& page, std::string_view source) = 0;
  /// The pages are about to be freed.
  virtual void forget() = 0;
  /// The record of a payload, decoded as the stream's answers are; also of one that is the record's JSON alone. What cannot be decoded is
  /// the batch's one Undecodable.
  virtual record::RecordBatch decode(std::string_view payload) = 0;
};

std::unique_ptr<StoredRecords> make_stored_records(const config::Stream& stream);

}  // namespace syncline::extract
