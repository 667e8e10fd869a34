// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.hpp"
#include "config/connector.hpp"
#include "extract/read/asked_window.hpp"
#include "record/record_batch.hpp"

namespace syncline::extract {

/// Proves that the source obeyed the window's beginning: vendors silently ignore filters that they do not know, and a whole list must not
/// be taken for what has changed. ContractDrift for a record that is older. Fields that are null or no time prove nothing and are passed
/// over; a time without an offset gets the benefit of every zone.
base::Result<void> prove_window(const record::RecordBatch& batch, const config::Incremental& incremental, const AskedWindow& asked);

}  // namespace syncline::extract
