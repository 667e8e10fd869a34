// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/page_group.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace syncline::sync {
namespace {

/// A transaction is large enough to pay for itself and small enough to be lost: whichever comes first.
constexpr size_t GroupRowsMax = 3'000, GroupBytesMax = size_t{4} << 20;

bool is_part_of(std::string_view source, const record::RecordBatch& page) {
  const char *begin = page.page.data(), *end = begin + page.page.size();
  return !std::less<>()(source.data(), begin) && std::less<>()(source.data(), end);
}

/// Whether the row is of the same record as the one before it.
bool goes_on(const record::RowBatch& rows, size_t row) { return rows.sources[row].data() == rows.sources[row - 1].data(); }

/// Up to which row, from `first` on, whole records fit into so much room.
size_t whole_records(const record::RowBatch& rows, size_t first, size_t room) {
  if (rows.size() - first <= room) return rows.size();
  size_t last = first + room;
  while (last > first && goes_on(rows, last)) --last;
  return last;
}

size_t one_record(const record::RowBatch& rows, size_t first) {
  size_t last = first + 1;
  while (last < rows.size() && goes_on(rows, last)) ++last;
  return last;
}

}  // namespace

void PageGroup::open(Fetched& page, Instant now) {
  if (empty()) begun_ = now;
  page_ = &page;
  next_ = 0;
  if (!page.spoken.records.empty()) spoken.push_back(std::move(page.spoken));
}

bool PageGroup::add_rows() {
  const record::RowBatch& all = page_->rows;
  size_t last = all.size();
  if (rows_pinned_) {
    const size_t limit = size_t(*rows_pinned_);
    last = whole_records(all, next_, limit - std::min(limit, rows.size()));
    // A record with more rows than a transaction should have is one of its own.
    if (last == next_ && last < all.size() && rows.size() == 0) last = one_record(all, next_);
  }
  // At once, not growing page by page: a group is the largest thing in memory.
  if (rows.cells.empty() && last < GroupRowsMax) rows.cells.reserve((GroupRowsMax + last) * all.columns);
  rows.append(all, next_, last);
  next_ = last;
  return last == all.size();
}

void PageGroup::close() {
  bytes_ += page_->records.bytes();
  std::move(page_->rejects.begin(), page_->rejects.end(), std::back_inserter(rejects));
  counters += page_->counters;
  checkpoint = std::move(page_->checkpoint);
  // A page that nothing points into needs no memory, however many of them there are before the group is full.
  if (page_->rows.size() > 0 || !spoken.empty()) {
    pages_.push_back(std::move(page_->records));
    arenas_.push_back(std::move(page_->rows.arena));
  }
  page_ = nullptr;
}

bool PageGroup::is_full(Instant now) const {
  if (rows_pinned_) return rows.size() >= size_t(*rows_pinned_) || rejects.size() >= std::max(size_t(*rows_pinned_), GroupRowsMax);
  return rows.size() + rejects.size() >= GroupRowsMax || bytes_ >= GroupBytesMax || now - begun_ >= GroupAgeMax;
}

std::string PageGroup::payload_of(std::string_view source, extract::StoredRecords& payloads) const {
  const record::RecordBatch* page = page_of(source);
  return page ? payloads.payload(*page, source) : std::string(source);
}

/// The page that a record's own JSON stands in; null: none of these.
const record::RecordBatch* PageGroup::page_of(std::string_view source) const {
  if (page_ && is_part_of(source, page_->records)) return &page_->records;
  const auto found = std::find_if(pages_.begin(), pages_.end(), [&](const record::RecordBatch& page) { return is_part_of(source, page); });
  return found == pages_.end() ? nullptr : &*found;
}

PageGroup PageGroup::take_out() {
  PageGroup next(rows_pinned_);
  next.page_ = page_;
  next.next_ = next_;
  return std::exchange(*this, std::move(next));
}

}  // namespace syncline::sync
